//! Information geometry on faer: divergences, Fisher matrices, the pencil's spectrum, damped solves, and oracles for tests.

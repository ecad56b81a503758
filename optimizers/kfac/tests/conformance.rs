//! The conformance suite on this optimizer.

elbow_check::conformance!(optimizer elbow_kfac::Kfac);

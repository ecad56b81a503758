//! Runge–Kutta schemes as data: v_i = f(θ + h Σ_j a_ij v_j), θ' = θ + h Σ_i b_i v_i.

/// An explicit scheme.
#[derive(Debug)]
pub struct Tableau {
    /// Rows a_ij, j < i, of the stages after the first.
    pub a: &'static [&'static [f64]],
    /// Weights of the step.
    pub b: &'static [f64],
    /// Weights of the error estimate, b minus those of the embedded scheme.
    pub error: Option<&'static [f64]>,
}

/// Euler: order 1.
pub const EULER: Tableau = Tableau { a: &[], b: &[1.0], error: None };

/// Heun: order 2.
pub const HEUN: Tableau = Tableau { a: &[&[1.0]], b: &[0.5, 0.5], error: None };

/// The classical scheme of Runge and Kutta: order 4.
pub const RK4: Tableau =
    Tableau { a: &[&[0.5], &[0.0, 0.5], &[0.0, 0.0, 1.0]], b: &[1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0], error: None };

/// Order 5 with an embedded order 4 (J. R. Dormand, P. J. Prince, *A family of embedded Runge–Kutta formulae*, J. Comp. Appl.
/// Math. 6, 1980). Its last stage stands at the new point.
pub const DORMAND_PRINCE: Tableau = Tableau {
    a: &[
        &[1.0 / 5.0],
        &[3.0 / 40.0, 9.0 / 40.0],
        &[44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0],
        &[19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0],
        &[9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0],
        &[35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0],
    ],
    b: &[35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0, 0.0],
    error: Some(&[
        35.0 / 384.0 - 5179.0 / 57600.0,
        0.0,
        500.0 / 1113.0 - 7571.0 / 16695.0,
        125.0 / 192.0 - 393.0 / 640.0,
        -2187.0 / 6784.0 + 92097.0 / 339_200.0,
        11.0 / 84.0 - 187.0 / 2100.0,
        -1.0 / 40.0,
    ]),
};

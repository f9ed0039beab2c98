//! 3x3 matrices of `f64`, row major, for column vectors: `out = M * in`.

/// Three components: R, G, B or X, Y, Z or Y', Cb, Cr.
pub type Vec3 = [f64; 3];

/// Row-major 3x3 matrix.
pub type Mat3 = [[f64; 3]; 3];

/// The matrix that changes nothing.
#[must_use]
pub const fn identity() -> Mat3 {
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
}

/// `m * v`.
#[must_use]
pub fn apply(m: &Mat3, v: Vec3) -> Vec3 {
    m.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

/// `a * b`: first `b`, then `a`.
#[must_use]
pub fn multiply(a: &Mat3, b: &Mat3) -> Mat3 {
    a.map(|row| {
        let column = |c: usize| row[0] * b[0][c] + row[1] * b[1][c] + row[2] * b[2][c];
        [column(0), column(1), column(2)]
    })
}

/// The inverse by cofactors. `m` must be regular; a singular one gives infinities.
#[must_use]
pub fn inverse(m: &Mat3) -> Mat3 {
    let cofactor = |r: usize, c: usize| {
        let (r1, r2) = ((r + 1) % 3, (r + 2) % 3);
        let (c1, c2) = ((c + 1) % 3, (c + 2) % 3);
        m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
    };
    let det = m[0][0] * cofactor(0, 0) + m[0][1] * cofactor(0, 1) + m[0][2] * cofactor(0, 2);
    let row = |c: usize| [cofactor(0, c) / det, cofactor(1, c) / det, cofactor(2, c) / det];
    [row(0), row(1), row(2)]
}

//! Which instruction set the kernels run on, and the proof that it is there: as in the colour crate.
//!
//! Kernels are plain loops over integers that the compiler vectorises once for each level, so that every level gives
//! the same bits.

/// An instruction set, in ascending order of width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// What every machine has; the reference.
    Scalar,
    /// 256-bit vectors.
    Avx2,
    /// 512-bit vectors (F, BW, VL).
    Avx512,
}

impl Level {
    /// The widest level this machine has, capped by the environment variable `FORENSIC_SIMD`
    /// (`scalar`, `avx2` or `avx512`; anything else is no cap).
    #[must_use]
    pub fn best() -> Level {
        let cap = match std::env::var("FORENSIC_SIMD").as_deref() {
            Ok("scalar") => Level::Scalar,
            Ok("avx2") => Level::Avx2,
            _ => Level::Avx512,
        };
        Simd::new(cap).level()
    }

    /// The levels this machine has, narrowest first, whatever `FORENSIC_SIMD` says.
    #[must_use]
    pub fn available() -> Vec<Level> {
        let best = Simd::new(Level::Avx512).level();
        [Level::Scalar, Level::Avx2, Level::Avx512].into_iter().filter(|l| *l <= best).collect()
    }
}

/// Proof that the machine has AVX2.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

/// Proof that the machine has AVX-512 F, BW and VL, and AVX2.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

/// A level that has been found on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Simd {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

impl Simd {
    /// The widest level there is, no wider than `cap`.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn new(cap: Level) -> Simd {
        let avx2 = is_x86_feature_detected!("avx2");
        let avx512 = avx2
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl");
        match cap {
            Level::Avx512 if avx512 => Simd::Avx512(Avx512(())),
            Level::Avx512 | Level::Avx2 if avx2 => Simd::Avx2(Avx2(())),
            _ => Simd::Scalar,
        }
    }

    /// Only the scalar level is known on this architecture.
    #[cfg(not(target_arch = "x86_64"))]
    pub(crate) fn new(_cap: Level) -> Simd {
        Simd::Scalar
    }

    pub(crate) fn level(self) -> Level {
        match self {
            Simd::Scalar => Level::Scalar,
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2(_) => Level::Avx2,
            #[cfg(target_arch = "x86_64")]
            Simd::Avx512(_) => Level::Avx512,
        }
    }
}

/// Defines `fn name(simd: Simd, args...)` that runs `body(args...)`, compiled once for each level.
/// `body` must be `#[inline(always)]`, so that it takes on the instruction set of its caller.
macro_rules! per_level {
    ($(#[$doc:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) = $body:path;) => {
        $(#[$doc])*
        $vis fn $name(simd: $crate::simd::Simd, $($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn avx2($($arg: $type),*) {
                $body($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl")]
            fn avx512($($arg: $type),*) {
                $body($($arg),*)
            }
            match simd {
                $crate::simd::Simd::Scalar => $body($($arg),*),
                // SAFETY: the value proves that the machine has the features.
                #[cfg(target_arch = "x86_64")]
                $crate::simd::Simd::Avx2(_) => unsafe { avx2($($arg),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                $crate::simd::Simd::Avx512(_) => unsafe { avx512($($arg),*) },
            }
        }
    };
}
pub(crate) use per_level;

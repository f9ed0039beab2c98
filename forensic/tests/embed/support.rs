use forensic::{
    Area, Depth, ForensicMark, Level, LumaMut, LumaRef, Mask, MasterKey, PilotKey, ProductionKey, Sensitivity,
    ViewingKey,
};

/// A luma plane whose rows lie `stride` bytes apart.
#[derive(Clone, PartialEq, Debug)]
pub struct Plane {
    pub bytes: Vec<u8>,
    pub stride: usize,
    pub width: usize,
    pub height: usize,
    pub depth: Depth,
}

pub fn production() -> ProductionKey {
    MasterKey::new([1; 32]).production("a production")
}

pub fn keys() -> (ViewingKey, PilotKey) {
    (production().viewing("a review", "a viewing"), production().pilot())
}

/// Numbers that look random, the same every time.
pub fn noise(seed: u32) -> impl FnMut() -> u32 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    }
}

impl Plane {
    /// `code` gives the sample at x, y in the depth's own codes.
    pub fn new(width: usize, height: usize, depth: Depth, mut code: impl FnMut(usize, usize) -> u16) -> Self {
        let stride = width * depth.bytes() + 6;
        let mut bytes = vec![0xA5; stride * height];
        for y in 0..height {
            for x in 0..width {
                let at = y * stride + x * depth.bytes();
                bytes[at..at + depth.bytes()].copy_from_slice(&code(x, y).to_le_bytes()[..depth.bytes()]);
            }
        }
        Self { bytes, stride, width, height, depth }
    }

    pub fn luma(&self) -> LumaRef<'_> {
        LumaRef::new(&self.bytes, self.stride, self.width, self.height, self.depth).unwrap()
    }

    pub fn code(&self, x: usize, y: usize) -> i32 {
        let at = y * self.stride + x * self.depth.bytes();
        match self.depth {
            Depth::Eight => i32::from(self.bytes[at]),
            Depth::Ten => i32::from(u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]])),
        }
    }

    pub fn marked(&self, source_frame: u64) -> Self {
        self.marked_in(Area::full(self.width, self.height), source_frame, Level::best())
    }

    pub fn marked_in(&self, area: Area, source_frame: u64, level: Level) -> Self {
        let (key, pilot) = keys();
        let mask = Mask::new(self.luma(), area, &Sensitivity::bt1886());
        let mut marked = self.clone();
        let mut luma = LumaMut::new(&mut marked.bytes, self.stride, self.width, self.height, self.depth).unwrap();
        ForensicMark::with_level(key, &pilot, level).burn(&mut luma, &mask, source_frame).unwrap();
        marked
    }
}

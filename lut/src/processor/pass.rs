//! The pass over a band of rows.

use super::Processor;
use super::fixed::{self, FixedPass};
use super::plan::Plan;
use crate::ChromaSampling;
use crate::ops::Kernel;
use crate::pixel::{ImageMut, ImageRef, average, fill_padding, halve_left, load_component, load_row, store_component};
use crate::simd::per_level;

/// Rows of one thread, in `f32`. Component rows are padded to whole vectors; the padding is never stored.
pub(super) struct Scratch {
    width: usize,
    rows: [Vec<f32>; 3],
    /// Chroma of the upper row of a 4:2:0 pair.
    upper: [Vec<f32>; 2],
    half: [Vec<f32>; 2],
}

impl Scratch {
    fn new(width: usize) -> Self {
        let row = || vec![0.0; width.next_multiple_of(16)];
        Self { width, rows: [row(), row(), row()], upper: [row(), row()], half: [row(), row()] }
    }
}

/// What one thread works on, band after band.
pub(super) enum Desk<'a> {
    Fixed(&'a FixedPass, Box<fixed::Desk>),
    Float(Scratch),
}

impl<'a> Desk<'a> {
    pub(super) fn new(processor: &'a Processor, width: usize) -> Self {
        let Processor { input, output, quantizer, fixed, .. } = processor;
        match fixed {
            Some(pass) => Self::Fixed(pass, Box::new(pass.desk(quantizer.dither, width, *input, *output))),
            None => Self::Float(Scratch::new(width)),
        }
    }
}

impl Processor {
    /// Processes the rows of `src` that begin at `top` (even) into `dst`, which is that band only.
    pub(super) fn band(&self, desk: &mut Desk<'_>, src: &ImageRef<'_>, mut dst: ImageMut<'_>, top: usize) {
        match (desk, &self.plan) {
            (Desk::Fixed(pass, desk), _) => pass.band(self.simd, desk, src, dst, top),
            (Desk::Float(scratch), Plan::Rescale(scales)) => self.rescale(src, &mut dst, top, *scales, scratch),
            (Desk::Float(scratch), Plan::Kernels(ops)) if self.output.chroma() == ChromaSampling::Cs420 => {
                for y in (0..dst.height()).step_by(2) {
                    self.row_pair(ops, src, &mut dst, (y, top), scratch);
                }
            }
            (Desk::Float(scratch), Plan::Kernels(ops)) => {
                for y in 0..dst.height() {
                    self.row(ops, src, &mut dst, (y, top), scratch);
                }
            }
        }
    }

    fn rescale(
        &self,
        src: &ImageRef<'_>,
        dst: &mut ImageMut<'_>,
        top: usize,
        scales: [(f32, f32); 3],
        scratch: &mut Scratch,
    ) {
        let from = self.input.components();
        let to = self.output.components();
        for (index, (scale, offset)) in scales.into_iter().enumerate() {
            let (mut size, mut first) = ((src.width(), dst.height()), top);
            if to[index].chroma {
                size = self.output.chroma().plane_size(size.0, size.1);
                first = self.output.chroma().plane_size(0, top).1;
            }
            let row = &mut scratch.rows[0][..size.0];
            for y in 0..size.1 {
                load_component(self.simd, src, from[index], first + y, row);
                scale_row(self.simd, row, scale, offset);
                let place = (index, to[index]);
                store_component(self.simd, self.quantizer, dst, place, (y, first), row);
            }
        }
        (0..dst.height()).for_each(|y| fill_padding(dst, y));
    }

    /// Codes of row `top + y` of the output, all components at full size, in `scratch.rows`.
    fn process(&self, ops: &[Kernel], src: &ImageRef<'_>, y: usize, scratch: &mut Scratch) {
        let [a, b, c] = &mut scratch.rows;
        let [near, far] = &mut scratch.half;
        load_row(self.simd, (src, self.siting), y, [a, b, c], [near, far]);
        for op in ops {
            op.apply(self.simd, [a, b, c]);
        }
    }

    fn row(
        &self,
        ops: &[Kernel],
        src: &ImageRef<'_>,
        dst: &mut ImageMut<'_>,
        (y, top): (usize, usize),
        scratch: &mut Scratch,
    ) {
        self.process(ops, src, top + y, scratch);
        for (index, component) in self.output.components().into_iter().enumerate() {
            let full = &scratch.rows[index][..scratch.width];
            let place = (index, component);
            if component.chroma && self.output.chroma() == ChromaSampling::Cs422 {
                let half = &mut scratch.half[0][..full.len().div_ceil(2)];
                halve_left(self.simd, full, half);
                store_component(self.simd, self.quantizer, dst, place, (y, top), half);
            } else {
                store_component(self.simd, self.quantizer, dst, place, (y, top), full);
            }
        }
        fill_padding(dst, y);
    }

    fn row_pair(
        &self,
        ops: &[Kernel],
        src: &ImageRef<'_>,
        dst: &mut ImageMut<'_>,
        (y, top): (usize, usize),
        scratch: &mut Scratch,
    ) {
        let components = self.output.components();
        let luma = (0, components[0]);
        self.process(ops, src, top + y, scratch);
        let row = &scratch.rows[0][..scratch.width];
        store_component(self.simd, self.quantizer, dst, luma, (y, top), row);
        if y + 1 < dst.height() {
            for (upper, row) in scratch.upper.iter_mut().zip(&mut scratch.rows[1..]) {
                std::mem::swap(upper, row);
            }
            self.process(ops, src, top + y + 1, scratch);
            let row = &scratch.rows[0][..scratch.width];
            store_component(self.simd, self.quantizer, dst, luma, (y + 1, top), row);
            for (row, upper) in scratch.rows[1..].iter_mut().zip(&scratch.upper) {
                average(self.simd, row, upper);
            }
        }
        for (index, component) in components.into_iter().enumerate().skip(1) {
            let full = &scratch.rows[index][..scratch.width];
            let half = &mut scratch.half[0][..full.len().div_ceil(2)];
            halve_left(self.simd, full, half);
            let place = (y / 2, top / 2);
            store_component(self.simd, self.quantizer, dst, (index, component), place, half);
        }
    }
}

per_level! { fn scale_row(row: &mut [f32], scale: f32, offset: f32) = scale_codes; }

#[inline(always)]
fn scale_codes(row: &mut [f32], scale: f32, offset: f32) {
    for v in row {
        *v = *v * scale + offset;
    }
}

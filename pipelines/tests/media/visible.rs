//! What reaches a viewer while the visible mark changes or is lifted.

use std::time::Duration;

use pipelines::engine::VideoUnit;
use pipelines::spec::encode::VideoFormat;
use pipelines::spec::source::SourceSpec;
use pipelines::spec::watermark::MarkLayout;

use crate::support::{Stage, decode, marks, program, rendition};

const SIZE: (u32, u32) = (640, 360);

/// Samples of each picture that are brighter than the slate: of its title, and of letters of the mark.
fn bright(units: &[VideoUnit]) -> Vec<usize> {
    let luma = decode(units, "gray");
    let pictures = luma.chunks_exact((SIZE.0 * SIZE.1) as usize);
    pictures.map(|picture| picture.iter().filter(|sample| **sample > 75).count()).collect()
}

fn stage() -> Stage {
    Stage::open(program(SourceSpec::Slate))
}

#[test]
fn a_lifted_mark_comes_back_by_itself_and_at_once_when_asked() {
    let stage = stage();
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, SIZE.0, SIZE.1), 512);
    let mut units = viewer.take(8);
    stage.engine.lift(stage.program, Some(Duration::from_secs(1)));
    units.extend(viewer.take(24));
    let asked_at = units.len();
    stage.engine.lift(stage.program, Some(Duration::from_secs(3_600)));
    units.extend(viewer.take(6));
    stage.engine.lift(stage.program, None);
    units.extend(viewer.take(8));
    let counts = bright(&units);
    let clean = *counts.iter().min().unwrap();
    let lifted: Vec<bool> = counts.iter().map(|count| *count < clean + 60).collect();
    assert!(!lifted[..6].contains(&true), "marked from the first picture on: {counts:?}");
    let moments = lifted[..asked_at].iter().filter(|lifted| **lifted).count();
    assert!((3..=13).contains(&moments), "lifted for a second of pictures: {counts:?}");
    assert!(!lifted[asked_at - 3], "it came back by itself: {counts:?}");
    assert!(lifted[asked_at..asked_at + 6].contains(&true), "{counts:?}");
    assert!(!lifted[lifted.len() - 3..].contains(&true), "it came back when asked: {counts:?}");
}

#[test]
fn another_template_reaches_a_running_viewer_without_a_picture_between_the_two() {
    let stage = stage();
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, SIZE.0, SIZE.1), 512);
    let mut units = viewer.take(6);
    let mut mark = marks(&viewer.id.to_string()).visible;
    mark.template.layout = MarkLayout::Tiled;
    stage.engine.set_mark(viewer.id, mark);
    units.extend(viewer.take(24));
    let changed = units.len();
    stage.engine.lift(stage.program, Some(Duration::from_secs(2)));
    units.extend(viewer.take(8));
    let counts = bright(&units);
    let clean = *counts[changed..].iter().min().unwrap();
    let marked = &counts[..changed];
    assert!(marked.iter().all(|count| *count > clean + 60), "a picture without a mark: {marked:?}, clean {clean}");
    assert!(
        marked[changed - 1] > clean + 2 * (marked[0] - clean),
        "tiles have more letters: {marked:?}, clean {clean}"
    );
}

#[test]
fn whoever_comes_while_the_mark_is_lifted_is_marked() {
    let stage = stage();
    let first = stage.attach(rendition(VideoFormat::H264Bits8, SIZE.0, SIZE.1), 512).take(3);
    stage.engine.lift(stage.program, Some(Duration::from_secs(30)));
    let mut late = stage.attach(rendition(VideoFormat::H264Bits8, SIZE.0, SIZE.1), 512);
    let (first, late) = (bright(&first), bright(&late.take(6)));
    let least = first.iter().min().unwrap();
    assert!(late.iter().all(|count| count + 200 > *least), "{late:?} beside {first:?}");
}

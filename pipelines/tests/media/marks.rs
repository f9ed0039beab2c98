//! A viewer's stream of a real clip, leaked after strong compression, names that viewer and nobody else.

use std::ops::ControlFlow;

use forensic::detect::{Frame, Reference, Report};
use forensic::{Area, MasterKey, ProductionKey, ViewingKey};
use pipelines::engine::{RenditionId, VideoUnit};
use pipelines::reference::{ReferenceFrame, luma_of};
use pipelines::spec::encode::VideoFormat;
use pipelines::watermark::pictures;
use tokio::sync::mpsc;

use crate::support::{Folder, Stage, Viewer, ffmpeg, file, footage, rendition};

/// Pictures in a row, none left out, that are compared: a second and a half. A busy machine may leave some out.
const RUN: usize = 36;

/// A viewer's units from a key frame on, until the last [`RUN`] of them show consecutive frames.
fn watch(stage: &Stage, viewer: &mut Viewer) -> Vec<VideoUnit> {
    viewer.until(|unit| !unit.stamp.slate);
    stage.engine.request_keyframe(viewer.id);
    let mut units = vec![viewer.until(|unit| unit.keyframe)];
    let mut run = 1;
    while run < RUN {
        let unit = viewer.next();
        let before = units.last().map(|unit| unit.stamp.source_frame);
        run = if before.is_some_and(|before| before + 1 == unit.stamp.source_frame) { run + 1 } else { 1 };
        units.push(unit);
    }
    units
}

/// The last pictures of a stream after `-crf 28`: twelve of them.
fn leaked(units: &[VideoUnit]) -> Vec<Frame> {
    let folder = Folder::new();
    let (stream, leak) = (folder.path("stream.h264"), folder.path("leak.mp4"));
    let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.data.iter().copied()).collect();
    std::fs::write(&stream, bytes).unwrap();
    let arguments = ["-i", stream.to_str().unwrap(), "-c:v", "libx264", "-preset", "fast", "-crf", "28"];
    assert!(ffmpeg(&[arguments.as_slice(), &["-pix_fmt", "yuv420p"]].concat(), &leak));
    let first = (units.len() - RUN) as u64;
    let mut frames = Vec::new();
    let wanted = |number| number >= first && (number - first) % 3 == 1;
    let count = pictures::read(&leak, wanted, |picture| {
        frames.push(Frame { number: picture.number, luma: picture.luma });
        ControlFlow::Continue(())
    });
    assert_eq!(count.unwrap(), units.len() as u64);
    frames
}

fn reference(kept: &mut mpsc::Receiver<ReferenceFrame>) -> Reference {
    let mut frames = Vec::new();
    while let Ok(frame) = kept.try_recv() {
        frames.push(Frame { number: frame.source_frame, luma: luma_of(&frame.jpeg).unwrap() });
    }
    frames.sort_by_key(|frame| frame.number);
    assert!(frames.len() > 30, "{} references", frames.len());
    assert!(frames.windows(2).all(|pair| pair[0].number < pair[1].number), "none is kept twice");
    Reference::new(&frames, Area::full(480, 270))
}

/// The two who watched, among 998 who did not.
fn viewings(production: &ProductionKey, watched: &[RenditionId]) -> Vec<ViewingKey> {
    let watched = watched.iter().map(RenditionId::to_string);
    let others = (watched.len()..1_000).map(|number| format!("viewing {number}"));
    watched.chain(others).map(|viewing| production.viewing("reel 2", &viewing)).collect()
}

fn named(report: &Report) -> Vec<usize> {
    report.named().map(|score| score.viewing).collect()
}

#[test]
fn a_leaked_stream_names_its_viewer_and_nobody_else() {
    let (sink, mut kept) = mpsc::channel(1_024);
    let stage = Stage::open_keeping(file(&footage("bigbuckbunny.mp4")), Some(sink));
    let watched = [RenditionId::new_v4(), RenditionId::new_v4()];
    let formats = [VideoFormat::H264High444Bits10, VideoFormat::H264Bits8];
    let viewers =
        watched.iter().zip(formats).map(|(id, format)| stage.attach_as(*id, rendition(format, 960, 540), 1_024));
    let mut viewers: Vec<_> = viewers.collect();
    let streams = viewers.iter_mut().map(|viewer| watch(&stage, viewer));
    let streams: Vec<Vec<VideoUnit>> = streams.collect();
    let reference = reference(&mut kept);
    let production = MasterKey::new([7; 32]).production("Night Ferry");
    let another = MasterKey::new([7; 32]).production("Day Ferry");
    for (who, units) in streams.iter().enumerate() {
        let trace = reference.trace(&leaked(units)).unwrap();
        let report = trace.clone().score(&viewings(&production, &watched));
        let z: Vec<f64> = report.scores.iter().map(|score| score.z).collect();
        println!("{:?}: z {:.1}, the other {:.1}", formats[who], z[who], z[1 - who]);
        assert_eq!(named(&report), [who], "z {:.1} and {:.1}", z[0], z[1]);
        assert_eq!(
            named(&trace.score(&viewings(&another, &watched))),
            Vec::<usize>::new(),
            "another production's keys"
        );
    }
}

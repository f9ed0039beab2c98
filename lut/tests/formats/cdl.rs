//! ASC `.cdl`, `.cc` and `.ccc`.

use lut::formats::cdl::{corrections, read};
use lut::formats::{Format, Warning};
use lut::{Cdl, Op};

use crate::support::{close, file, good, refused, warnings};

const SOP: &str = "<SOPNode><Slope>2 1 1</Slope><Offset>0 0.5 0</Offset><Power>1 1 2</Power></SOPNode>";

fn cc(inner: &str) -> String {
    format!("<ColorCorrection id=\"a\">{inner}</ColorCorrection>")
}

#[test]
fn all_three_files_hold_corrections() {
    for (name, format, ids) in [
        ("one.cc", Format::Cc, &["shot_010"][..]),
        ("two.ccc", Format::Ccc, &["shot_010", "shot_020"]),
        ("list.cdl", Format::Cdl, &["shot_010"]),
    ] {
        let found: Vec<String> = corrections(&file(name)).unwrap().into_iter().map(|c| c.id.unwrap()).collect();
        assert_eq!(found, ids);
        assert_eq!(read(&file(name), None).unwrap().format, format);
    }
}

#[test]
fn a_correction_is_chosen_by_its_id() {
    let lut = read(&file("two.ccc"), Some("shot_020")).unwrap();
    let Op::Cdl(cdl) = &lut.ops[0] else { panic!("{:?}", lut.ops) };
    assert_eq!((cdl.slope, cdl.saturation), ([0.5, 0.6, 0.7], 1.5));
    assert_eq!((lut.title.as_deref(), lut.warnings.len()), (Some("shot_020"), 0));
    let missing = read(&file("two.ccc"), Some("shot_030")).unwrap_err().to_string();
    assert_eq!(missing, "line 2: found 'shot_030', expected one of shot_010, shot_020");
}

#[test]
fn without_an_id_the_first_is_taken_and_the_others_are_named() {
    let lut = read(&file("two.ccc"), None).unwrap();
    assert_eq!(lut.title.as_deref(), Some("shot_010"));
    assert_eq!(lut.warnings, [Warning::Corrections { ids: vec!["shot_010".into(), "shot_020".into()] }]);
}

#[test]
fn slope_offset_power_then_saturation() {
    let lut = good(&cc(SOP));
    close(lut.apply([0.25; 3]), [0.5, 0.75, 0.0625], "slope, offset, power");
    let lut = good(&cc("<SatNode><Saturation>0</Saturation></SatNode>"));
    close(lut.apply([1.0, 0.0, 0.0]), [0.2126; 3], "BT.709 luma");
}

#[test]
fn values_are_clamped_as_the_standard_says_unlike_in_opencolorio() {
    // OpenColorIO reads the same file without the clamp unless told otherwise.
    let lut = good(&cc(SOP));
    close(lut.apply([0.9, 0.9, -0.5]), [1.0, 1.0, 0.0], "clamped");
    let Op::Cdl(cdl) = lut.ops[0] else { panic!("{:?}", lut.ops) };
    let free = Cdl { clamp: false, ..cdl };
    close(free.apply([0.9, 0.9, -0.5]), [1.8, 1.4, -0.5], "not clamped: a negative value has no power");
}

#[test]
fn other_names_of_the_nodes_are_known_and_unknown_elements_warned_of() {
    let sop = SOP.replace("SOPNode", "ASC_SOP");
    let sat = "<ASC_SAT><Saturation>0.5</Saturation></ASC_SAT>";
    let lut = good(&cc(&format!("{sop}\n{sat}\n<Grain>1</Grain>")));
    let Op::Cdl(cdl) = lut.ops[0] else { panic!("{:?}", lut.ops) };
    assert_eq!((cdl.slope[0], cdl.saturation), (2.0, 0.5));
    assert_eq!(warnings(&lut), ["line 3: unknown keyword Grain was not obeyed"]);
}

#[test]
fn what_cannot_be_read_is_refused_with_line_and_expectation() {
    for (text, message) in [
        (cc("\n<SOPNode>\n<Slope>1 1 1</Slope></SOPNode>"), "line 2: found nothing, expected Offset in SOPNode"),
        (cc(&SOP.replace("2 1 1", "2 1")), "line 1: found 2 numbers, expected 3"),
        (cc(&SOP.replace("2 1 1", "2\n\n-1 1")), "line 3: found '-1', expected Slope 0 or more"),
        (cc(&SOP.replace("1 1 2", "1 0 2")), "line 1: found '0', expected Power above 0"),
        (
            cc(&SOP.replace("0 0.5 0", "0 0,5 0")),
            "line 1: found '0,5', expected a decimal point and spaces between numbers",
        ),
        (cc("<SatNode><Saturation>-1</Saturation></SatNode>"), "line 1: found '-1', expected Saturation 0 or more"),
        ("<ColorDecisionList/>".into(), "line 1: found nothing, expected a ColorCorrection"),
        (
            "\n<Palette/>".into(),
            "line 2: found 'Palette', expected ProcessList, ColorDecisionList, ColorCorrection or ColorCorrectionCollection",
        ),
    ] {
        assert_eq!(refused(&text), message);
    }
}

//! CLF and CTF.

use lut::formats::{Format, ReadErrorKind, clf};
use lut::ops::NotInvertible;
use lut::ops::lut3d::Interpolation;
use lut::{Affine, Op};

use crate::support::{close, error, good, refused, warnings};

/// A ProcessList of version 3 with this in it, from line 2 on.
fn list(ops: &str) -> String {
    format!("<ProcessList id=\"x\" compCLFversion=\"3\">\n{ops}\n</ProcessList>")
}

/// An op in 32f.
fn op(name: &str, attributes: &str, inner: &str) -> String {
    list(&format!("<{name} inBitDepth=\"32f\" outBitDepth=\"32f\" {attributes}>\n{inner}</{name}>"))
}

fn matrix(array: &str) -> String {
    op("Matrix", "", array)
}

const IDENTITY: &str = "<Array dim=\"3 3\">1 0 0 0 1 0 0 0 1</Array>";

#[test]
fn name_or_id_is_the_title() {
    assert_eq!(good(&matrix(IDENTITY)).title.as_deref(), Some("x"));
    let named = matrix(IDENTITY).replace("id=\"x\"", "id=\"x\" name=\"a &amp; b &#x3c;\"");
    assert_eq!(good(&named).title.as_deref(), Some("a & b <"));
}

#[test]
fn versions_are_read_up_to_those_that_are_known() {
    for (attribute, format) in [
        ("compCLFversion=\"1.2\"", Some(Format::Clf)),
        ("compCLFversion=\"2.0\"", Some(Format::Clf)),
        ("compCLFversion=\"3.0\"", Some(Format::Clf)),
        ("xmlns=\"http://www.smpte-ra.org/ns/2136-1/2024\"", Some(Format::Clf)),
        ("version=\"1.3\"", Some(Format::Ctf)),
        ("version=\"2.0.1\"", Some(Format::Ctf)),
        ("compCLFversion=\"4\"", None),
        ("version=\"3.0\"", None),
        ("compCLFversion=\"new\"", None),
        ("", None),
    ] {
        let text = matrix(IDENTITY).replace("compCLFversion=\"3\"", attribute);
        let found = clf::read(text.as_bytes()).map(|lut| lut.format).ok();
        assert_eq!(found, format, "{attribute}");
    }
}

#[test]
fn prefixes_comments_cdata_entities_and_foreign_elements_in_info_are_read() {
    let text = "<?xml version='1.0'?>\n<!DOCT -->".replace("<!DOCT -->", "<!-- ops -->")
        + "<c:ProcessList xmlns:c='urn:c' id='x' compCLFversion='3'><c:Info><y xmlns='urn:y'><z/></y></c:Info>\
           <c:Matrix inBitDepth='32f' outBitDepth='32f'><c:Array dim='3 3'>2 0<!-- --> 0 <![CDATA[0 &#]]>\
           </c:Array></c:Matrix></c:ProcessList>";
    let text = text.replace("<![CDATA[0 &#]]>", "<![CDATA[0 2]]> 0 0 0 &#50;");
    let Op::Affine(Affine { m, .. }) = good(&text).ops[0] else { panic!("{text}") };
    assert_eq!(m, [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]);
}

#[test]
fn bit_depths_scale_matrix_range_and_tables() {
    let text = list(
        "<Matrix inBitDepth='8i' outBitDepth='16i'><Array dim='3 4'>257 0 0 65535 0 257 0 0 0 0 257 0</Array></Matrix>\
         <Range inBitDepth='16i' outBitDepth='10i'><minInValue>0</minInValue><maxInValue>65535</maxInValue>\
         <minOutValue>0</minOutValue><maxOutValue>1023</maxOutValue></Range>\
         <LUT1D inBitDepth='10i' outBitDepth='12i'><Array dim='2 1'>4095 0</Array></LUT1D>",
    );
    close(good(&text).apply([0.25, 0.25, 0.5]), [0.0, 0.75, 0.5], "one, then inverted");
}

#[test]
fn ops_must_meet_in_the_same_bit_depth() {
    let text = list(
        "<Matrix inBitDepth='32f' outBitDepth='10i'><Array dim='3 3'>1 0 0 0 1 0 0 0 1</Array></Matrix>\n\
         <Matrix inBitDepth='12i' outBitDepth='32f'><Array dim='3 3'>1 0 0 0 1 0 0 0 1</Array></Matrix>",
    );
    assert_eq!(refused(&text), "line 3: found '12i', expected inBitDepth 10i, the outBitDepth of the op before");
}

#[test]
fn a_cube_is_blue_fastest_and_trilinear_unless_it_says_tetrahedral() {
    let rows = "0 0 0  0 0 1  0 1 0  0 1 1  1 0 0  1 0 1  1 1 0  1 1 0";
    let cube = |attribute| {
        let lut = good(&op("LUT3D", attribute, &format!("<Array dim=\"2 2 2 3\">{rows}</Array>")));
        let Op::Lut3d(cube) = &lut.ops[0] else { panic!("{:?}", lut.ops) };
        cube.clone()
    };
    assert_eq!(cube("").interpolation(), Interpolation::Trilinear);
    assert_eq!(cube("interpolation=\"trilinear\"").interpolation(), Interpolation::Trilinear);
    assert_eq!(cube("interpolation=\"tetrahedral\"").interpolation(), Interpolation::Tetrahedral);
    assert_eq!(cube("").values()[1], [1.0, 0.0, 0.0]);
    // The corner at white is not blue: an eighth of the middle, or half of it along the diagonal.
    close(cube("").apply([0.5; 3]), [0.5, 0.5, 0.375], "trilinear");
    close(cube("interpolation=\"tetrahedral\"").apply([0.5; 3]), [0.5, 0.5, 0.0], "tetrahedral");
}

#[test]
fn a_half_domain_table_keeps_what_lies_beyond_0_and_1() {
    // 16-bit patterns of the halves themselves: an identity; the entries of NaN are not looked at.
    let rows: String = (0..65_536).map(|i| format!("{i}\n")).collect();
    let inner = format!("<Array dim=\"65536 1\">{rows}</Array>");
    let lut = good(&op("LUT1D", "halfDomain=\"true\" rawhalfs=\"true\"", &inner));
    for point in [[-7.5, 0.0, 1.0e-7], [0.18, 1.0, 300.0], [-65_504.0, 65_504.0, 1.0e9]] {
        close(lut.apply(point), point.map(|v: f64| v.clamp(-65_504.0, 65_504.0)), "identity");
    }
}

#[test]
fn what_is_not_done_is_refused_by_name() {
    let table = "<Array dim=\"2 1\">0 1</Array>";
    for (text, what) in [
        (op("LUT1D", "hueAdjust=\"dw3\"", table), "hueAdjust dw3 in LUT1D"),
        (op("LUT1D", "interpolation=\"cubic\"", table), "interpolation cubic in LUT1D"),
        (op("Reference", "path=\"/etc/passwd\"", ""), "Reference"),
        (op("InverseLUT3D", "", ""), "InverseLUT3D"),
        (op("InverseLUT1D", "", table), "InverseLUT1D in CLF"),
        (op("ACES", "style=\"RedMod03Fwd\"", ""), "ACES"),
        (op("Matrix", "bypass=\"true\"", IDENTITY), "bypass in Matrix"),
        (
            op("LUT1D", "", &format!("<IndexMap dim=\"3\">0@0 1@1 2@2</IndexMap>{table}")),
            "an IndexMap of other than 2 entries",
        ),
        (op("Log", "style=\"linToLog\"", "<LogParams gamma=\"0.6\" refWhite=\"685\"/>"), "gamma in LogParams"),
        (op("Exponent", "style=\"basicFwd\"", "<ExponentParams power=\"2\"/>"), "power in ExponentParams"),
    ] {
        let (_, kind) = error(&text);
        assert_eq!(kind, ReadErrorKind::Unsupported { found: what.into() });
    }
}

#[test]
fn an_inverse_table_that_turns_is_refused() {
    let table = "<Array dim=\"3 3\">0 0 0 1 1 0.5 1 0.5 1</Array>";
    let text = op("InverseLUT1D", "", table).replace("compCLFversion=\"3\"", "version=\"2\"");
    let (_, kind) = error(&text);
    assert_eq!(kind, ReadErrorKind::OneWay(NotInvertible::NotMonotonic { channel: 1 }));
}

#[test]
fn a_cineon_scan_has_its_own_parameters_in_ctf_alone() {
    let params = "<LogParams gamma=\"0.6\" refWhite=\"685\" refBlack=\"95\" highlight=\"1\" shadow=\"0\"/>";
    let text = op("Log", "style=\"logToLin\"", params).replace("compCLFversion=\"3\"", "version=\"1.3\"");
    let lut = good(&text);
    close(lut.apply([685.0 / 1023.0, 95.0 / 1023.0, 685.0 / 1023.0]), [1.0, 0.0, 1.0], "white and black");
    assert_eq!(
        refused(&text.replace("685", "90")),
        "line 3: found nothing, expected gamma above 0.01, refWhite above refBlack, highlight above shadow"
    );
}

#[test]
fn unknown_attributes_are_warned_of_by_name() {
    let lut = good(&op("Matrix", "colour=\"warm\"", IDENTITY));
    assert_eq!(warnings(&lut), ["line 2: unknown keyword colour was not obeyed"]);
}

#[test]
fn what_cannot_be_read_is_refused_with_line_and_expectation() {
    let range = |inner: &str| op("Range", "", inner);
    let exponent = |style: &str, params: &str| {
        op("Exponent", &format!("style=\"{style}\""), &format!("<ExponentParams {params}/>"))
    };
    let log = |style: &str, params: &str| op("Log", &format!("style=\"{style}\""), &format!("<LogParams {params}/>"));
    for (text, message) in [
        (list(""), "line 1: found nothing, expected at least one op in ProcessList"),
        (list("<Matrix outBitDepth='32f'/>"), "line 2: found nothing, expected inBitDepth in Matrix"),
        (
            list("<Matrix inBitDepth='9i' outBitDepth='32f'/>"),
            "line 2: found '9i', expected a bit depth of 8i, 10i, 12i, 16i, 16f or 32f",
        ),
        (matrix(""), "line 2: found nothing, expected Array in Matrix"),
        (
            matrix("<Array dim=\"4 4\">1</Array>"),
            "line 3: found '4 4', expected a dim of 3 3 or 3 4 (a matrix for alpha is not supported)",
        ),
        (matrix("<Array dim=\"3 3\">1 0 0\n0 1 0</Array>"), "line 4: found 6 numbers, expected 9"),
        (matrix("<Array dim=\"3 3\">1 0 0\n0 x 0\n0 0 1</Array>"), "line 4: found 'x', expected a number"),
        (
            matrix("<Array dim=\"3 3\">1 0 0\n0,5 0 0</Array>"),
            "line 4: found '0,5', expected a decimal point and spaces between numbers",
        ),
        (matrix("<Array dim=\"3 3\">1 0 0 0 1 0 0 0\n1\n1</Array>"), "line 5: found 10 numbers, expected 9"),
        (
            range(""),
            "line 2: found nothing, expected a minimum below its maximum, or one bound that is the same in and out",
        ),
        (
            range("<minInValue>0</minInValue>"),
            "line 2: found nothing, expected both minInValue and minOutValue or neither",
        ),
        (
            range("\n<minInValue>0 1</minInValue><minOutValue>0</minOutValue>"),
            "line 4: found '0 1', expected one number in minInValue",
        ),
        (
            exponent("wavy", "exponent=\"2\""),
            "line 2: found 'wavy', expected a style of Exponent such as basicFwd or monCurveRev",
        ),
        (exponent("basicFwd", "exponent=\"0\""), "line 3: found '0', expected exponent 0.01 to 100"),
        (exponent("monCurveFwd", "exponent=\"2\""), "line 3: found nothing, expected offset in ExponentParams"),
        (exponent("basicFwd", "exponent=\"2\" channel=\"A\""), "line 3: found 'A', expected channel R, G or B"),
        (log("cameraLinToLog", "base=\"2\""), "line 3: found nothing, expected linSideBreak in LogParams"),
        (log("linToLog", "base=\"1\""), "line 3: found '1', expected one base for all channels, above 0 and not 1"),
        (log("linToLog", "linSideSlope=\"0\""), "line 3: found '0', expected slopes that are not 0"),
        (
            op("ASC_CDL", "style=\"odd\"", ""),
            "line 2: found 'odd', expected a style of ASC_CDL such as Fwd, Rev, FwdNoClamp or RevNoClamp",
        ),
        (
            op("LUT1D", "halfDomain=\"true\"", "<Array dim=\"2 1\">0 1</Array>"),
            "line 3: found '2 1', expected a dim of 65536 entries for halfDomain",
        ),
        (
            op("LUT1D", "", "<Array dim=\"2 2\">0 1</Array>"),
            "line 3: found '2 2', expected a dim of the number of entries and 1 or 3",
        ),
        (
            op("LUT1D", "", "<Array dim=\"65537 1\">0 1</Array>"),
            "line 3: found '65537', expected a whole number from 1 to 65536",
        ),
        (
            op("LUT3D", "", "<Array dim=\"130 130 130 3\"/>"),
            "line 3: found '130', expected a whole number from 1 to 129",
        ),
        (
            op("LUT3D", "", "<Array dim=\"2 3 2 3\"/>"),
            "line 3: found '2 3 2 3', expected a dim of three equal sizes from 2 to 129, and 3",
        ),
        (op("LUT3D", "", "<Array dim=\"129 129 129 3\"/>"), "line 3: found 0 numbers, expected 6440067"),
        (
            op("LUT1D", "", "<Array dim=\"2 1\">0 nan</Array>"),
            "line 3: found 'nan', expected a finite number below 1e9",
        ),
        (
            op("LUT1D", "rawHalfs=\"true\"", "<Array dim=\"2 1\">0 31744</Array>"),
            "line 3: found '31744', expected a finite number below 1e9",
        ),
    ] {
        assert_eq!(refused(&text), message);
    }
}

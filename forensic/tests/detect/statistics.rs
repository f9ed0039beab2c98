use forensic::MasterKey;
use forensic::detect::{Evidence, HYPOTHESES, SURE, p_value};
use forensic::grid::{CELLS, signs};

#[test]
fn a_thousand_viewings_and_sixteen_hypotheses_need_a_z_of_7_89() {
    assert!(p_value(7.89, 1000, HYPOTHESES) < SURE);
    assert!(p_value(7.87, 1000, HYPOTHESES) > SURE);
    assert!(p_value(-7.89, 1000, HYPOTHESES) < SURE);
    assert_eq!(p_value(1.0, 1000, HYPOTHESES), 1.0);
}

#[test]
fn evidence_that_is_a_viewings_own_pattern_has_the_z_of_all_its_cells() {
    let production = MasterKey::new([5; 32]).production("p");
    let keys = [production.viewing("r", "guilty"), production.viewing("r", "innocent")];
    let mut evidence = Evidence::default();
    for epoch in [7, 8] {
        evidence.add(epoch, &signs(&keys[0].chips(epoch)).collect::<Vec<_>>(), 1.0);
    }
    let z = evidence.correlate(&keys);
    assert!((z[0] - (2.0 * CELLS as f64).sqrt()).abs() < 1e-3);
    assert!(z[1].abs() < 5.0);
}

#[test]
fn frames_of_one_epoch_are_added_before_they_are_measured() {
    let key = MasterKey::new([5; 32]).production("p").viewing("r", "v");
    let pattern: Vec<f32> = signs(&key.chips(1)).collect();
    let mut evidence = Evidence::default();
    evidence.add(1, &pattern, 0.5);
    evidence.add(1, &pattern, 0.5);
    assert!((evidence.correlate(&[key])[0] - (CELLS as f64).sqrt()).abs() < 1e-3);
}

#[test]
fn no_evidence_is_no_z() {
    let key = MasterKey::new([5; 32]).production("p").viewing("r", "v");
    assert_eq!(Evidence::default().correlate(&[key]), [0.0]);
}

//! The table of `vitrine bench marks` without building the server:
//! `VITRINE_FOOTAGE=... cargo run --release -p forensic --example attacks -- [ATTACK [CLIP]]`.

#[path = "../../server/src/cli/bench/marks/attacks.rs"]
mod attacks;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../../server/src/cli/bench/marks/clip.rs"]
mod clip;
#[path = "../../server/src/cli/bench/marks/copies.rs"]
mod copies;
#[path = "../../server/src/cli/bench/marks/table.rs"]
mod table;

fn main() -> clip::Outcome {
    let mut words = std::env::args().skip(1);
    let (attack, clip) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    table::run(&clip::footage()?, &attack, &clip, &mut |row| match row {
        table::Row::Line(line) => println!("{} {:.3} s a frame; {}", line.markdown(), line.cost, line.clip),
        table::Row::Spread(spread) => println!("{} {}", spread.markdown(), spread.clip),
    })
}

//! Passwords that are guessed first (NIST SP 800-63B-4, 3.1.1.2): common ones, repeats and runs of them, the name of
//! the account and of this program.

/// The beginnings of every list of leaked passwords; one a line, lower case.
const COMMON: &str = include_str!("common_passwords.txt");
/// Words that anybody would try here.
const OWN: [&str; 8] = ["vitrine", "review", "screening", "grading", "colourist", "colorist", "producer", "facility"];

/// Whether a password is nothing but common words, repeats, runs and the user's name, in any order. Digits and signs
/// between them do not help it.
pub fn is_common(password: &str, user: &str) -> bool {
    let typed: Vec<char> = password.to_lowercase().chars().collect();
    let meant: Vec<char> = typed.iter().copied().map(plain).collect();
    let mut words: Vec<Vec<char>> = COMMON.lines().chain(OWN).map(|word| word.chars().collect()).collect();
    words.extend(user.split(['.', '_', '-', '@']).filter(|part| part.len() > 2).map(|part| part.chars().collect()));
    // covered[i]: the first i characters are made of such words.
    let mut covered = vec![false; typed.len() + 1];
    covered[0] = true;
    for start in 0..typed.len() {
        if !covered[start] {
            continue;
        }
        if !typed[start].is_alphabetic() {
            covered[start + 1] = true;
        }
        let run = run(&typed[start..]);
        if run >= 3 {
            covered[start + run] = true;
        }
        for word in words.iter().filter(|word| meant[start..].starts_with(word)) {
            covered[start + word.len()] = true;
        }
    }
    covered[typed.len()]
}

/// The usual signs in place of letters.
fn plain(c: char) -> char {
    match c {
        '@' => 'a',
        '$' => 's',
        '0' => 'o',
        '3' => 'e',
        '!' => 'i',
        other => other,
    }
}

/// How many characters from here on repeat, or count up or down.
fn run(text: &[char]) -> usize {
    [0, 1, -1]
        .into_iter()
        .map(|step: i64| {
            let follows = |pair: &&[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0])) == step;
            1 + text.windows(2).take_while(follows).count()
        })
        .max()
        .unwrap_or(0)
}

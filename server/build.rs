//! Makes sure that the folder of the web player exists, so that the server also compiles before the player was built.

use std::path::Path;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web-player/dist");
    if let Err(error) = std::fs::create_dir_all(&dist) {
        println!("cargo::warning=could not create {}: {error}", dist.display());
    }
    println!("cargo::rerun-if-changed=../web-player/dist");
    println!("cargo::rerun-if-changed=migrations");
}

//! Rebuilds the crate when a file of the built-in rulebook is added, changed or removed.

fn main() {
    println!("cargo:rerun-if-changed=../../rulebook");
}

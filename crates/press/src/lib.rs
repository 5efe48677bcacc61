//! What leaves the house as a file of an office program. So far: tables as XLSX.

mod sheet;

pub use sheet::{Cell, Column, Fault, Sheet};

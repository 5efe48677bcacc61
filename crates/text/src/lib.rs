//! Chinese text: one written form, tokens, personal data, numbers of people and
//! organisations, likeness. Pure: no files, no clock, no dictionary of its own.

pub mod bank_card;
pub mod credit_code;
pub mod dates;
pub mod doc_number;
pub mod id_number;
pub mod mask;
pub mod normal;
pub mod phone;
pub mod pinyin;
pub mod secrecy;
pub mod similar;
pub mod token;

//! Reading what was typed into a field of a kind: one canonical written form, or a sentence.

use std::collections::BTreeMap;

use law::Date;

use crate::kind::{Field, FieldFault, Form};

impl Field {
    pub(crate) fn fault(&self, sentence: String) -> FieldFault {
        FieldFault { field: self.id.clone(), sentence }
    }

    /// Whether a whole text must have it, beside these other answers.
    pub fn asked(&self, typed: &BTreeMap<String, String>) -> bool {
        let has = |(name, codes): (&String, &Vec<String>)| typed.get(name).is_some_and(|code| codes.contains(code));
        self.required || self.required_if.iter().any(has)
    }

    /// Whether the value is cleaned HTML.
    pub fn is_rich(&self) -> bool {
        self.form == Form::Rich
    }

    /// The word for a value: of a code its label, else the value itself.
    pub fn words<'a>(&'a self, value: &'a str) -> &'a str {
        let choice = self.options.iter().find(|choice| choice.id == value);
        choice.map_or(value, |choice| choice.label.as_str())
    }

    pub(crate) fn read(&self, raw: &str) -> Result<String, String> {
        if raw.is_empty() {
            return Ok(String::new());
        }
        let chars = raw.chars().count();
        if let Some(max) = self.max.filter(|max| chars > *max as usize && self.form != Form::Rich) {
            return Err(format!("{}有{chars}个字，最多{max}个字，请删减。", self.label));
        }
        match self.form {
            Form::Line | Form::Expert => Ok(raw.split_whitespace().collect::<Vec<_>>().join(" ")),
            Form::Text | Form::Rich => Ok(raw.replace("\r\n", "\n")),
            Form::Date => match raw.parse::<Date>() {
                Ok(day) if (1949..=2100).contains(&day.year()) => Ok(day.to_string()),
                _ => Err(format!("{}不是真实的日期，请按“2026-11-22”的样子填写。", self.label)),
            },
            Form::Code if self.options.iter().any(|choice| choice.id == raw) => Ok(raw.to_owned()),
            Form::Code => Err(format!("{}不在可选范围内，请重新选择。", self.label)),
            Form::Number => match raw.parse::<i64>() {
                Ok(number) => Ok(number.to_string()),
                Err(_) => Err(format!("{}应当是整数，请改正。", self.label)),
            },
            Form::DocNumber => text::doc_number::written(raw).ok_or_else(|| {
                format!("{}不合规范，请按“机关代字〔年份〕序号”填写，例如“晴政办发〔2026〕8号”。", self.label)
            }),
            Form::Link if raw.starts_with("https://") || raw.starts_with("http://") => Ok(raw.to_owned()),
            Form::Link => Err(format!("{}应当以https://开头，请核对。", self.label)),
            Form::Items => Ok(raw.split_whitespace().collect::<Vec<_>>().join(" ")),
        }
    }
}

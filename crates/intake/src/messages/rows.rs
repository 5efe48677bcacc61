//! Lines and rows of a file: JSON Lines or CSV, decided by what it contains.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;

use super::RowFault;
use super::row::Row;
use crate::refusal::{Cause, Refusal};

/// Bytes one row may have: 4 MB.
const LONGEST_ROW: usize = 4 * 1024 * 1024;
/// Lines one row may have.
const MOST_LINES: usize = 1000;
const ZSTD: &[u8] = b"\x28\xB5\x2F\xFD";
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The rows of a file.
pub(crate) struct Rows {
    lines: Lines,
    shape: Shape,
}

enum Shape {
    Json,
    Csv { delimiter: u8, header: Vec<String> },
}

/// Opens a file and finds out its shape.
pub(crate) fn open(path: &Path) -> Result<Rows, Refusal> {
    let unreadable = |_| Refusal::new(Cause::Unreadable, "导入文件打不开，请检查路径是否正确、是否有读取权限。");
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let compressed = file.fill_buf().map_err(unreadable)?.starts_with(ZSTD);
    let input: Box<dyn Read + Send> = if compressed {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(file).map_err(unreadable)?;
        // A window above 128 MB is no honest file.
        decoder.window_log_max(27).map_err(unreadable)?;
        Box::new(decoder)
    } else {
        Box::new(file)
    };
    Rows::of(Lines { input: BufReader::new(input), number: 0, back: VecDeque::new(), ended: false })
}

impl Rows {
    fn of(mut lines: Lines) -> Result<Self, Refusal> {
        let mut shape = Shape::Json;
        // The first line with anything on it decides.
        while let Some(line) = lines.next() {
            let (number, bytes) =
                line.map_err(|fault| Refusal::new(Cause::Format, format!("导入文件不能读取：{}", fault.error)))?;
            let start = bytes.trim_ascii_start();
            if start.is_empty() {
                continue;
            }
            let json = start.starts_with(b"{");
            if !json {
                check_text(start)?;
            }
            lines.back.push_front(Ok((number, bytes)));
            if !json {
                shape = csv_shape(&mut lines)?;
            }
            break;
        }
        Ok(Self { lines, shape })
    }
}

impl Iterator for Rows {
    type Item = Result<Row, RowFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let record = match &self.shape {
                Shape::Json => self.lines.next()?,
                Shape::Csv { delimiter, .. } => self.lines.record(*delimiter)?,
            };
            let (number, bytes) = match record {
                Ok(record) => record,
                Err(fault) => return Some(Err(fault)),
            };
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            return Some(match &self.shape {
                Shape::Json => json_row(number, &bytes),
                Shape::Csv { delimiter, header } => csv_row(number, &bytes, *delimiter, header),
            });
        }
    }
}

/// What does not look like text in UTF-8 is refused before any row.
fn check_text(start: &[u8]) -> Result<(), Refusal> {
    let refuse = |sentence: &str| Err(Refusal::new(Cause::Format, sentence));
    if start.starts_with(b"[") {
        return refuse("导入文件是一整个JSON列表，应改为每行一个对象的JSONL文件，或CSV文件。");
    }
    if start.starts_with(b"PK") || start.starts_with(b"\x1F\x8B") || start.starts_with(b"\xD0\xCF") {
        return refuse("导入文件是Excel文件或压缩包，请另存为“CSV UTF-8”后再导入。");
    }
    if start.contains(&0) || std::str::from_utf8(start).is_err() {
        return refuse("导入文件不是UTF-8编码，请另存为“CSV UTF-8”或UTF-8编码的JSONL后再导入。");
    }
    Ok(())
}

fn csv_shape(lines: &mut Lines) -> Result<Shape, Refusal> {
    let bad = || Refusal::new(Cause::Format, "CSV文件的首行应是列名，请检查首行。");
    let first = match lines.back.front() {
        Some(Ok((_, bytes))) => bytes.clone(),
        _ => Vec::new(),
    };
    let count = |mark: u8| first.iter().filter(|&&b| b == mark).count();
    let delimiter = *[b',', b'\t', b';'].iter().max_by_key(|&&mark| (count(mark), mark == b',')).ok_or_else(bad)?;
    let (_, record) = lines.record(delimiter).ok_or_else(bad)?.map_err(|_| bad())?;
    let header: Vec<String> = fields(&record, delimiter)
        .and_then(|fields| fields.into_iter().map(|field| String::from_utf8(field).ok()).collect())
        .ok_or_else(bad)?;
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    Ok(Shape::Csv { delimiter, header })
}

fn json_row(number: u64, bytes: &[u8]) -> Result<Row, RowFault> {
    let text = std::str::from_utf8(bytes).map_err(|_| not_utf8(number))?;
    let parsed = serde_json::from_str(text).or_else(|error| {
        // Python writes a missing number as NaN, which is no JSON.
        let repaired = text.replace(": NaN", ": null").replace(":NaN", ":null");
        serde_json::from_str(&repaired).map_err(|_| error)
    });
    match parsed {
        Ok(Value::Object(fields)) => {
            let mut row = Row::new(number);
            fields.into_iter().for_each(|(column, value)| row.put(&column, value));
            Ok(row)
        }
        Ok(_) => Err(RowFault::of_row(number, "不是JSON对象，每行应是一个{…}。")),
        Err(error) => {
            let place = error.column();
            Err(RowFault::of_row(number, format!("不是有效的JSON，错在第{place}个字节附近。")))
        }
    }
}

fn csv_row(number: u64, bytes: &[u8], delimiter: u8, header: &[String]) -> Result<Row, RowFault> {
    let fields = fields(bytes, delimiter).ok_or_else(|| RowFault::of_row(number, "不是有效的CSV行，请检查引号。"))?;
    if fields.iter().skip(header.len()).any(|field| !field.trim_ascii().is_empty()) {
        let why = format!("有{}列，多于首行的{}列；内容中的逗号须用引号括起。", fields.len(), header.len());
        return Err(RowFault::of_row(number, why));
    }
    let mut row = Row::new(number);
    for (column, field) in header.iter().zip(fields) {
        let written = String::from_utf8(field).map_err(|_| not_utf8(number))?;
        let value = if written.is_empty() { Value::Null } else { Value::String(written) };
        row.put(column, value);
    }
    Ok(row)
}

/// The fields of one record.
fn fields(record: &[u8], delimiter: u8) -> Option<Vec<Vec<u8>>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(record.len().clamp(64, 64 * 1024))
        .from_reader(record);
    let record = reader.byte_records().next()?.ok()?;
    Some(record.iter().map(<[u8]>::to_vec).collect())
}

fn not_utf8(number: u64) -> RowFault {
    RowFault::of_row(number, "不是UTF-8编码，请把文件另存为UTF-8后再导入此行。")
}

/// Numbered lines; lines given back come first.
struct Lines {
    input: BufReader<Box<dyn Read + Send>>,
    number: u64,
    back: VecDeque<Line>,
    ended: bool,
}

type Line = Result<(u64, Vec<u8>), RowFault>;

impl Lines {
    /// The next line with its end. One that is too long is skipped to its end and
    /// reported; after an error of the file nothing follows.
    fn next(&mut self) -> Option<Line> {
        if let Some(line) = self.back.pop_front() {
            return Some(line);
        }
        if self.ended {
            return None;
        }
        let mut line = Vec::new();
        match self.read(&mut line, LONGEST_ROW + 1) {
            Ok(0) => None,
            Ok(_) if line.len() > LONGEST_ROW && !line.ends_with(b"\n") => Some(self.skip()),
            Ok(_) => {
                if self.number == 0 && line.starts_with(BOM) {
                    line.drain(..BOM.len());
                }
                self.number += 1;
                Some(Ok((self.number, line)))
            }
            Err(_) => Some(self.broken()),
        }
    }

    fn read(&mut self, line: &mut Vec<u8>, most: usize) -> std::io::Result<usize> {
        self.input.by_ref().take(most as u64).read_until(b'\n', line)
    }

    fn skip(&mut self) -> Line {
        self.number += 1;
        let mut rest = Vec::new();
        loop {
            rest.clear();
            match self.read(&mut rest, 64 * 1024) {
                Ok(0) => break,
                Ok(_) if rest.ends_with(b"\n") => break,
                Ok(_) => {}
                Err(_) => return self.broken(),
            }
        }
        Err(RowFault::of_row(self.number, "此行超过4MB，未读取。请检查是否缺少换行。"))
    }

    fn broken(&mut self) -> Line {
        self.ended = true;
        let why = "从这一行起无法读取，文件不完整或压缩数据已损坏。请重新取得文件后再导入。";
        Err(RowFault::of_row(self.number + 1, why))
    }

    /// The next CSV record, over several lines if quotes are open. If they are never closed
    /// the first line is reported and the others are read on their own.
    fn record(&mut self, delimiter: u8) -> Option<Line> {
        let (first, mut record) = match self.next()? {
            Ok(line) => line,
            fault => return Some(fault),
        };
        let mut quotes = Quotes::Before.over(&record, delimiter);
        let mut taken: Vec<Line> = Vec::new();
        while quotes == Quotes::Inside {
            let more = self.next();
            let fits = |line: &[u8]| {
                record.len() + line.len() <= LONGEST_ROW
                    && taken.len() < MOST_LINES
                    && quotes.over(line, delimiter) != Quotes::Broken
            };
            match &more {
                Some(Ok((_, line))) if fits(line) => {
                    quotes = quotes.over(line, delimiter);
                    record.extend_from_slice(line);
                    taken.extend(more);
                }
                _ => {
                    let unread = taken.into_iter().chain(more).rev();
                    unread.for_each(|line| self.back.push_front(line));
                    let why = "引号没有成对，无法分列。请补上引号。";
                    return Some(Err(RowFault::of_row(first, why)));
                }
            }
        }
        Some(Ok((first, record)))
    }
}

/// Where in a CSV field a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    /// Before the first byte of a field.
    Before,
    /// In a field without quotes, or behind its quotes.
    Outside,
    /// Between quotes.
    Inside,
    /// Behind a quote that closes, unless a second follows.
    Closing,
    /// A closed field went on: over several lines, a sign that a quote was never closed.
    Broken,
}

impl Quotes {
    fn over(self, bytes: &[u8], delimiter: u8) -> Self {
        bytes.iter().fold(self, |state, &byte| match (state, byte) {
            (Self::Before | Self::Closing, b'"') => Self::Inside,
            (Self::Inside, b'"') => Self::Closing,
            (Self::Inside, _) => Self::Inside,
            (Self::Broken, _) => Self::Broken,
            (Self::Closing, b'\r') => Self::Closing,
            (_, b'\n') => Self::Before,
            (_, byte) if byte == delimiter => Self::Before,
            (Self::Closing, _) => Self::Broken,
            _ => Self::Outside,
        })
    }
}

//! Reads documents that office programs made: what a .docx, .doc, .odt, .rtf, .pdf, spreadsheet, web page
//! or text file says, as HTML or text, in the order in which it is read.
//!
//! The parsers of others (`anydoc`) work behind walls of ours: size and unpacked size are measured first,
//! programs and passwords are refused, and the parsing runs on a thread of its own with a time limit;
//! what panics there is a damaged file.

mod decode;
mod model;
mod pdf;
mod sandbox;

use anydoc::{ConvertError, Format};

use crate::file::{content, content::Content, name, zip};
use crate::inside;
use crate::refusal::{Cause, Refusal};

/// Bytes that one document may have: 20 MB.
pub const LARGEST: usize = crate::file::MAX_FILE_BYTES;
/// Bytes that the parts of a packed document may have unpacked, those of text and all together.
const TEXT_MAX: u64 = 48 * 1024 * 1024;
const PARTS_MAX: u64 = 400 * 1024 * 1024;

/// The files that are read, in words.
pub const READABLE: &str =
    "Word（docx、doc、wps）、PDF、ODT、RTF、Excel（xlsx、xls、et）、ODS、网页（html）和纯文本（txt、md）";

const LOCKED: &str = "文件设有打开密码，没有读取。请取消密码后再试。";
const MACROS: &str = "文件含有宏（可执行的程序），没有读取。请另存为不含宏的文档。";
const DAMAGED: &str = "文件不完整或者已经损坏，没有读取。请用制作它的程序打开核对后另存。";

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Rich text, not yet cleaned.
    pub html: Option<String>,
    /// Plain text or Markdown, where there is no more.
    pub text: Option<String>,
    /// Pictures in it, which are not part of the text.
    pub pictures: usize,
}

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Text,
    Web,
    Parsed(Format),
}

/// By which extension a file is read which way; spreadsheets of every version share one parser.
const WAYS: [(&str, Way); 16] = [
    ("txt", Way::Text),
    ("text", Way::Text),
    ("md", Way::Text),
    ("html", Way::Web),
    ("htm", Way::Web),
    ("docx", Way::Parsed(Format::Docx)),
    ("doc", Way::Parsed(Format::Doc)),
    ("wps", Way::Parsed(Format::Doc)),
    ("odt", Way::Parsed(Format::Odt)),
    ("rtf", Way::Parsed(Format::Rtf)),
    ("pdf", Way::Parsed(Format::Pdf)),
    ("xlsx", Way::Parsed(Format::Excel)),
    ("xls", Way::Parsed(Format::Excel)),
    ("et", Way::Parsed(Format::Excel)),
    ("ods", Way::Parsed(Format::Ods)),
    ("csv", Way::Parsed(Format::Csv)),
];

/// Reads a document. Nothing of it is kept anywhere.
///
/// # Errors
/// A sentence on why it is not read; a secrecy mark anywhere in it is such a reason (practice P1).
pub fn read(declared: &str, bytes: &[u8]) -> Result<Said, Refusal> {
    let extension = name::extension(declared);
    let Some((_, way)) = WAYS.iter().find(|(known, _)| *known == extension) else {
        let why = match extension.as_str() {
            "ofd" => "还不能读取OFD的文字，请在制作它的程序中另存为docx或PDF。".to_owned(),
            "zip" | "rar" | "7z" => "不读取压缩包，请解压后逐个处理。".to_owned(),
            "docm" | "xlsm" | "dotm" => "不读取含宏的文档，请另存为不含宏的格式（如docx）。".to_owned(),
            _ => format!("不是可以读取的公文文件。可以读取的有：{READABLE}。"),
        };
        return Err(Refusal::new(Cause::Type, why));
    };
    if bytes.is_empty() {
        return Err(Refusal::new(Cause::Empty, "文件是空的（0字节），没有可以读取的内容。请核对来源。"));
    }
    if bytes.len() > LARGEST {
        return Err(too_large(bytes.len() as u64));
    }
    let said = match way {
        Way::Text => Said { text: Some(decode::text(bytes)?), ..Said::default() },
        Way::Web => Said { html: Some(decode::text(bytes)?), ..Said::default() },
        Way::Parsed(format) => parsed(bytes, &extension, *format)?,
    };
    match secrecy(declared, bytes, &said) {
        Some(place) => Err(Refusal::new(
            Cause::Secret,
            format!(
                "{place}里有国家秘密标志，没有读取。请按保密规定处理（《中华人民共和国保守国家秘密法》第三十一条）。"
            ),
        )),
        None => Ok(said),
    }
}

/// The sentence on a file that is too large.
pub(crate) fn too_large(bytes: u64) -> Refusal {
    let megabytes = bytes.div_ceil(1024 * 1024);
    let why = format!("文件约{megabytes}MB，超过20MB的上限，没有读取。请核对是否是公文正文，图片较多的请压缩图片。");
    Refusal::new(Cause::Size, why)
}

/// Reads a file by the parser of its format, after it has been looked at from outside.
fn parsed(bytes: &[u8], extension: &str, format: Format) -> Result<Said, Refusal> {
    let refuse = |cause, why: String| Err(Refusal::new(cause, why));
    let found = content::look(bytes);
    match &found {
        Content::Macro => {
            return refuse(Cause::Macro, MACROS.to_owned());
        }
        Content::Locked => return refuse(Cause::Password, LOCKED.to_owned()),
        _ => {}
    }
    let real = Format::from_bytes(bytes).or((format == Format::Csv).then_some(Format::Csv));
    // The newer WPS writes its own extensions over the formats of others.
    let same = real == Some(format) || (extension == "wps" && real == Some(Format::Docx));
    let Some(real) = real.filter(|_| same) else {
        let what = if found.label() == "压缩包" { "其他格式的文件" } else { found.label() };
        let why = format!(
            "扩展名是“{extension}”，内容却是{what}，两者不符，没有读取。请用制作它的程序打开并另存为所需格式。"
        );
        return refuse(Cause::Disguised, why);
    };
    if bytes.starts_with(b"PK") {
        unpacked(bytes)?;
    }
    if real == Format::Csv {
        return convert(decode::text(bytes)?.as_bytes(), real);
    }
    convert(bytes, real)
}

/// Measures what a packed document is unpacked, without holding it: a bomb is found before it is parsed.
fn unpacked(bytes: &[u8]) -> Result<(), Refusal> {
    let damaged = || Refusal::new(Cause::Damaged, DAMAGED);
    let (mut texts, mut all) = (0, 0);
    for entry in zip::entries(bytes).ok_or_else(damaged)? {
        let macros = [b"Basic/".as_slice(), b"Scripts/"].iter().any(|folder| entry.name.starts_with(folder));
        if macros && entry.name.ends_with(b".xba") {
            return Err(Refusal::new(Cause::Macro, MACROS));
        }
        let size = entry.unpacked(PARTS_MAX - all);
        all += size;
        texts += if entry.name.ends_with(b".xml") { size } else { 0 };
        if texts > TEXT_MAX || all >= PARTS_MAX {
            let why = "文件解开后的内容异常庞大，没有读取。请核对文件来源；确实需要的，请拆分后再试。";
            return Err(Refusal::new(Cause::Size, why));
        }
    }
    Ok(())
}

/// Runs the parser apart.
fn convert(bytes: &[u8], format: Format) -> Result<Said, Refusal> {
    let bytes = bytes.to_vec();
    sandbox::run(move || match format {
        Format::Pdf => pdf::said(&bytes),
        _ => anydoc::to_document(&bytes, format).map(|document| model::said(&document)).map_err(|error| told(&error)),
    })?
}

fn told(error: &ConvertError) -> Refusal {
    let (cause, why) = match error {
        ConvertError::Encrypted => (Cause::Password, LOCKED.to_owned()),
        ConvertError::ResourceLimit { .. } => {
            (Cause::Size, "文件的结构异常庞大，没有读取。请核对文件来源。".to_owned())
        }
        ConvertError::Unsupported(_) => (Cause::Format, "文件里没有可以读取的文字。请核对是否是公文正文。".to_owned()),
        _ => (Cause::Damaged, DAMAGED.to_owned()),
    };
    Refusal::new(cause, why)
}

/// Where a document carries a secrecy mark: its name, what it says, headers, comments, properties.
fn secrecy(declared: &str, bytes: &[u8], said: &Said) -> Option<&'static str> {
    let marked = |words: &str| text::secrecy::mark(words).is_some();
    let stem = declared.rsplit(['/', '\\']).next().unwrap_or(declared);
    if marked(stem.rsplit_once('.').map_or(stem, |(stem, _)| stem)) {
        return Some("文件名");
    }
    let words = said.html.as_deref().map(|html| crate::html::words(&crate::html::clean(html)));
    if words.as_deref().is_some_and(marked) || said.text.as_deref().is_some_and(marked) {
        return Some("正文");
    }
    inside::everywhere(bytes).into_iter().find(|(_, words)| marked(words)).map(|(place, _)| place)
}

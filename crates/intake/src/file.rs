//! Attachments: which files are taken, and under which name.
//!
//! Taken are pictures, PDF and OFD, office documents without macros, and plain text. Not
//! taken, because what is in them cannot be seen without unpacking or running them:
//! archives, programs, web pages and drawings with scripts (SVG); HEIC photos, because
//! their place data cannot be removed here.

pub(crate) mod content;
pub(crate) mod name;
pub(crate) mod zip;

use content::Content;
pub use name::safe_name;

use crate::refusal::{Cause, Refusal};

/// Files one filing may carry.
pub const MAX_FILES: usize = 10;
/// Bytes one file may have: 20 MB.
pub const MAX_FILE_BYTES: usize = 20 * 1024 * 1024;

/// A type of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is known by its extension")]
pub enum Kind {
    Jpeg,
    Png,
    Gif,
    Webp,
    Pdf,
    Ofd,
    Docx,
    Xlsx,
    Pptx,
    Doc,
    Xls,
    Ppt,
    Wps,
    Et,
    Dps,
    Txt,
    Csv,
}

/// Kind, extensions (the first is the usual one), media type.
const KINDS: [(Kind, &[&str], &str); 17] = [
    (Kind::Jpeg, &["jpg", "jpeg", "jpe", "jfif"], "image/jpeg"),
    (Kind::Png, &["png"], "image/png"),
    (Kind::Gif, &["gif"], "image/gif"),
    (Kind::Webp, &["webp"], "image/webp"),
    (Kind::Pdf, &["pdf"], "application/pdf"),
    (Kind::Ofd, &["ofd"], "application/ofd"),
    (Kind::Docx, &["docx"], "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (Kind::Xlsx, &["xlsx"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (Kind::Pptx, &["pptx"], "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (Kind::Doc, &["doc"], "application/msword"),
    (Kind::Xls, &["xls"], "application/vnd.ms-excel"),
    (Kind::Ppt, &["ppt"], "application/vnd.ms-powerpoint"),
    (Kind::Wps, &["wps"], "application/vnd.ms-works"),
    (Kind::Et, &["et"], "application/vnd.ms-excel"),
    (Kind::Dps, &["dps"], "application/vnd.ms-powerpoint"),
    (Kind::Txt, &["txt"], "text/plain"),
    (Kind::Csv, &["csv"], "text/csv"),
];

/// What the field says about the files that are taken.
pub const ALLOWED: &str = "图片（jpg、png、gif、webp）、PDF、OFD、Word、Excel、PPT、WPS文档和纯文本（txt、csv）";

impl Kind {
    fn row(self) -> Option<&'static (Kind, &'static [&'static str], &'static str)> {
        KINDS.iter().find(|(kind, ..)| *kind == self)
    }

    /// The usual extension, without dot.
    pub fn extension(self) -> &'static str {
        self.row().and_then(|(_, extensions, _)| extensions.first()).unwrap_or(&"bin")
    }

    /// The media type to send it with.
    pub fn media_type(self) -> &'static str {
        self.row().map_or("application/octet-stream", |(_, _, media)| media)
    }

    /// Whether it is shown as a picture, and stripped by [`crate::picture::strip`].
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Gif | Self::Webp)
    }

    fn of_extension(extension: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known, _)| known.contains(&extension)).map(|(kind, ..)| *kind)
    }

    /// Whether a file of this name may hold this content; for pictures that were renamed
    /// (a PNG called `.jpg`), the real kind.
    fn of_content(self, content: &Content) -> Option<Self> {
        let same = match (self, content) {
            (_, Content::Picture(real)) => return self.is_picture().then_some(*real),
            (_, Content::Whole(real)) => self == *real || self.wps_for() == Some(*real),
            (Self::Wps, Content::Compound(Kind::Doc))
            | (Self::Et, Content::Compound(Kind::Xls))
            | (Self::Dps, Content::Compound(Kind::Ppt)) => true,
            (_, Content::Compound(real)) => self == *real,
            (Self::Txt | Self::Csv, Content::Text) => true,
            _ => false,
        };
        same.then_some(self)
    }

    /// The format in which newer WPS versions write their own extensions.
    fn wps_for(self) -> Option<Self> {
        match self {
            Self::Wps => Some(Self::Docx),
            Self::Et => Some(Self::Xlsx),
            Self::Dps => Some(Self::Pptx),
            _ => None,
        }
    }
}

/// Decides whether a file is taken, by its content and the name it came with.
pub fn sniff(bytes: &[u8], declared_name: &str) -> Result<Kind, Refusal> {
    let shown = name::shown(declared_name);
    let refuse = |cause, why: &str| Err(Refusal::new(cause, format!("文件“{shown}”未能接收：{why}")));
    if bytes.is_empty() {
        return refuse(Cause::Empty, "文件是空的（0字节）。请检查原文件后重新选择。");
    }
    if bytes.len() > MAX_FILE_BYTES {
        let size = bytes.len().div_ceil(1024 * 1024);
        let why = format!("大小约{size}MB，超过每个文件20MB的上限。请压缩图片或拆分后再上传。");
        return refuse(Cause::Size, &why);
    }
    let extension = name::extension(declared_name);
    let Some(named) = Kind::of_extension(&extension) else {
        return refuse(Cause::Type, &type_refused(&extension));
    };
    let content = content::look(bytes);
    match &content {
        Content::Macro => {
            return refuse(Cause::Macro, "文件含有宏（可执行的程序）。请另存为不含宏的文档后再上传。");
        }
        Content::Locked => {
            return refuse(Cause::Password, "文件设有打开密码，工作人员无法查看。请取消密码后再上传。");
        }
        _ => {}
    }
    named.of_content(&content).map_or_else(
        || {
            let what = content.label();
            let why = format!(
                "扩展名是“{extension}”，内容却是{what}，两者不符。请用制作它的程序打开并另存为所需格式，不要直接改扩展名。"
            );
            refuse(Cause::Disguised, &why)
        },
        Ok,
    )
}

/// Whether a filing that has `already` files may take `more`.
pub fn check_count(already: usize, more: usize) -> Result<(), Refusal> {
    let total = already.saturating_add(more);
    if total <= MAX_FILES {
        return Ok(());
    }
    let sentence =
        format!("附件最多{MAX_FILES}个，现有{total}个。请去掉{}个，或把多张图片合并成一个PDF。", total - MAX_FILES);
    Err(Refusal::new(Cause::Count, sentence))
}

fn type_refused(extension: &str) -> String {
    let why = match extension {
        "" => "文件名没有扩展名，无法判断类型。".to_owned(),
        "heic" | "heif" => {
            return "暂不接收HEIC照片。请在手机相机设置中选用“兼容性最佳”格式，或转存为jpg后再上传。".to_owned();
        }
        "zip" | "rar" | "7z" | "gz" | "tar" | "bz2" | "xz" => "不接收压缩包。请解压后把其中的文件逐个上传。".to_owned(),
        "docm" | "xlsm" | "pptm" | "dotm" | "xltm" => {
            "不接收含宏的文档。请另存为不含宏的格式（如docx、xlsx）后再上传。".to_owned()
        }
        other => format!("不接收“{other}”类型的文件。"),
    };
    format!("{why}可以接收的有：{ALLOWED}。")
}

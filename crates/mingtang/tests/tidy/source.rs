//! Rust source as tokens: enough to find functions, literals and names without being misled by
//! comments and strings.

use std::ops::Range;

/// A token and the line it begins on.
#[derive(Debug, PartialEq, Eq, Clone)]
pub enum Token {
    /// Identifier, keyword or number.
    Word(String),
    /// Content of a string literal, escapes as written.
    Str(String),
    /// One character of punctuation.
    Mark(char),
}

/// A function from `fn` to its closing brace.
pub struct Function {
    /// Its name.
    pub name: String,
    /// Line of the name.
    pub line: usize,
    /// Lines from there to the closing brace.
    pub lines: usize,
    /// The words between the name and the body.
    pub signature: Vec<String>,
}

/// The tokens of a file, each with its line, counted from 1.
pub fn tokens(text: &str) -> Vec<(Token, usize)> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let (token, next) = token_at(&chars, at);
        let here = line;
        line += chars[at..next].iter().filter(|c| **c == '\n').count();
        found.extend(token.map(|token| (token, here)));
        at = next;
    }
    found
}

fn token_at(chars: &[char], at: usize) -> (Option<Token>, usize) {
    let next = chars.get(at + 1).copied().unwrap_or(' ');
    match chars[at] {
        '/' if next == '/' => (None, until(chars, at, |rest| rest[0] == '\n')),
        '/' if next == '*' => (None, after_comment(chars, at)),
        '"' => string(chars, at + 1, 0, true),
        '\'' => after_quote(chars, at),
        c if c.is_whitespace() => (None, at + 1),
        c if c.is_alphanumeric() || c == '_' => word(chars, at),
        c => (Some(Token::Mark(c)), at + 1),
    }
}

fn until(chars: &[char], from: usize, end: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|i| end(&chars[*i..])).unwrap_or(chars.len())
}

fn after_comment(chars: &[char], at: usize) -> usize {
    let (mut depth, mut i) = (0, at);
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => (depth, i) = (depth + 1, i + 2),
            ('*', '/') if depth == 1 => return i + 2,
            ('*', '/') => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
    }
    chars.len()
}

/// A word, or the literal that its letters introduce (`r"`, `b"`, `br#"`, `c"`, `b'`).
fn word(chars: &[char], at: usize) -> (Option<Token>, usize) {
    let end = until(chars, at, |rest| !(rest[0].is_alphanumeric() || rest[0] == '_'));
    let text: String = chars[at..end].iter().collect();
    if matches!(text.as_str(), "r" | "b" | "br" | "c" | "cr") {
        let hashes = chars[end..].iter().take_while(|c| **c == '#').count();
        if chars.get(end + hashes) == Some(&'"') {
            return string(chars, end + hashes + 1, hashes, !text.contains('r'));
        }
        if text == "b" && chars.get(end) == Some(&'\'') {
            return after_quote(chars, end);
        }
    }
    (Some(Token::Word(text)), end)
}

fn string(chars: &[char], from: usize, hashes: usize, escapes: bool) -> (Option<Token>, usize) {
    let mut i = from;
    while i < chars.len() {
        if escapes && chars[i] == '\\' {
            i += 2;
        } else if chars[i] == '"' && chars[i + 1..].iter().take_while(|c| **c == '#').count() >= hashes {
            break;
        } else {
            i += 1;
        }
    }
    let text = chars[from..i.min(chars.len())].iter().collect();
    (Some(Token::Str(text)), (i + 1 + hashes).min(chars.len()))
}

/// A character literal, or a lifetime, of which the word that follows is left.
fn after_quote(chars: &[char], at: usize) -> (Option<Token>, usize) {
    if chars.get(at + 1) == Some(&'\\') {
        return (None, until(chars, at + 3, |rest| rest[0] == '\'') + 1);
    }
    (None, if chars.get(at + 2) == Some(&'\'') { at + 3 } else { at + 1 })
}

/// The index of the brace that closes the one at `open`.
fn closing(tokens: &[(Token, usize)], open: usize) -> usize {
    let mut depth = 0;
    for (i, (token, _)) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') if depth == 1 => return i,
            Token::Mark('}') => depth -= 1,
            _ => {}
        }
    }
    tokens.len() - 1
}

/// Every function that has a body.
pub fn functions(tokens: &[(Token, usize)]) -> Vec<Function> {
    let word = |i: usize| match tokens.get(i) {
        Some((Token::Word(word), _)) => Some(word.as_str()),
        _ => None,
    };
    let mut found = Vec::new();
    for i in 0..tokens.len() {
        let (Some("fn"), Some(name)) = (word(i), word(i + 1)) else {
            continue;
        };
        let Some(open) = body(tokens, i) else {
            continue;
        };
        let line = tokens[i].1;
        let lines = tokens[closing(tokens, open)].1 - line + 1;
        found.push(Function {
            name: name.to_owned(),
            line,
            lines,
            signature: (i + 2..open).filter_map(word).map(str::to_owned).collect(),
        });
    }
    found
}

/// Where the body of the function at `at` opens; a declaration ends before one does.
fn body(tokens: &[(Token, usize)], at: usize) -> Option<usize> {
    let mut depth = 0;
    for (i, (token, _)) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Mark('(' | '[') => depth += 1,
            Token::Mark(')' | ']') => depth -= 1,
            Token::Mark('{') if depth == 0 => return Some(i),
            Token::Mark(';') if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The tokens outside `#[cfg(test)]` modules.
pub fn without_tests(tokens: &[(Token, usize)]) -> Vec<(Token, usize)> {
    let test: Vec<Token> = self::tokens("#[cfg(test)] mod").into_iter().map(|(token, _)| token).collect();
    let mut cut: Vec<Range<usize>> = Vec::new();
    for i in 0..tokens.len() {
        let here = tokens[i..].iter().map(|(token, _)| token);
        if here.take(test.len()).eq(test.iter())
            && let Some(open) = body(tokens, i + test.len())
        {
            cut.push(i..closing(tokens, open) + 1);
        }
    }
    let kept = tokens.iter().enumerate().filter(|(i, _)| !cut.iter().any(|range| range.contains(i)));
    kept.map(|(_, token)| token.clone()).collect()
}

#[test]
fn the_scanner_is_not_misled() {
    let text = r##"
        // fn comment() {
        /* fn nested /* { */ */
        async fn real(x: &'a str, open: [u8; 2]) -> char { let s = "}\" {"; let r = r#"" }"#; '{' }
        trait T { fn declared(&self); }
        #[cfg(test)] mod tests {
            fn inner() {
                b'}';
            }
        }
    "##;
    let all = tokens(text);
    let seen: Vec<_> = functions(&all).into_iter().map(|f| (f.name, f.line, f.lines, f.signature.join(" "))).collect();
    let real = ("real".to_owned(), 4, 1, "x a str open u8 2 char".to_owned());
    let inner = ("inner".to_owned(), 7, 3, String::new());
    assert_eq!(seen, [real, inner]);
    let kept = without_tests(&all);
    assert!(!kept.contains(&(Token::Word("inner".into()), 7)));
    assert!(kept.contains(&(Token::Word("declared".into()), 5)));
    assert!(kept.contains(&(Token::Str("}\\\" {".into()), 4)));
}

// Tokens of PTX.
#include "ptx.h"
#include <cstdlib>

namespace ptx {
void fail(int line, const char* format, ...) {
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    throw Error{line, text};
}
static bool letter(char c) { return isalpha((unsigned char) c) || c == '_' || c == '$' || c == '%' || c == '.'; }

void Lexer::advance() {
    auto begins = [&](const char* s) { return all.compare(at, 2, s) == 0; };
    for (;;) { // space and comments
        if (at >= all.size() || all[at] == 0) {
            current = Token{Token::END, {}, line};
            return;
        }
        if (all[at] == '\n') {
            line++;
            at++;
        } else if (isspace((unsigned char) all[at])) {
            at++;
        } else if (begins("//")) {
            at = std::min(all.find('\n', at), all.size());
        } else if (begins("/*")) {
            size_t end = all.find("*/", at + 2);
            if (end == string_view::npos) fail(line, "a comment does not end");
            for (; at < end + 2; at++) line += all[at] == '\n';
        } else {
            break;
        }
    }
    size_t from = at;
    char c = all[at];
    auto token = [&](Token::Kind kind) { current = Token{kind, all.substr(from, at - from), line}; };
    if (letter(c)) {
        while (at < all.size() && (letter(all[at]) || isdigit((unsigned char) all[at]) || begins("::"))) at += begins("::") ? 2 : 1;
        token(Token::WORD);
    } else if (isdigit((unsigned char) c)) {
        while (at < all.size()
               && (isalnum((unsigned char) all[at]) || all[at] == '.'
                   || ((all[at] == '+' || all[at] == '-') && (all[at - 1] == 'e' || all[at - 1] == 'E') && all[from + 1] != 'x'
                       && all[from + 1] != 'd' && all[from + 1] != 'f' && all[from + 1] != 'D' && all[from + 1] != 'F')))
            at++;
        token(Token::NUMBER);
    } else if (c == '"') {
        size_t end = all.find('"', at + 1);
        if (end == string_view::npos) fail(line, "a string does not end");
        at = end + 1;
        token(Token::STRING);
    } else if (strchr(",;:{}()[]|!@+-=<>", c)) {
        at++;
        token(Token::SIGN);
    } else {
        fail(line, "unexpected character '%c'", c);
    }
}
Token Lexer::next() {
    Token t = current;
    advance();
    return t;
}
bool Lexer::take(char sign) {
    if (!current.is(sign)) return false;
    advance();
    return true;
}
bool Lexer::take(string_view word) {
    if (!current.is(word)) return false;
    advance();
    return true;
}
void Lexer::expect(char sign) {
    if (!take(sign)) fail(current.line, "'%c' expected, not '%.*s'", sign, (int) current.text.size(), current.text.data());
}
string_view Lexer::word() {
    if (current.kind != Token::WORD) fail(current.line, "a name expected, not '%.*s'", (int) current.text.size(), current.text.data());
    return next().text;
}
Number Lexer::number() {
    bool minus = take('-');
    Token t = next();
    if (t.kind != Token::NUMBER) fail(t.line, "a number expected, not '%.*s'", (int) t.text.size(), t.text.data());
    string s(t.text);
    char* end = nullptr;
    Number n{Number::INTEGER, 0};
    char mark = s.size() > 1 && s[0] == '0' ? (char) tolower(s[1]) : 0;
    if (mark == 'f' || mark == 'd') {
        n.kind = mark == 'f' ? Number::SINGLE : Number::DOUBLE;
        n.bits = strtoull(s.c_str() + 2, &end, 16);
        if (s.size() != (mark == 'f' ? 10 : 18)) fail(t.line, "'%s' has not the digits of its type", s.c_str());
        if (minus) n.bits ^= mark == 'f' ? 1ull << 31 : 1ull << 63;
    } else if (s.find('.') != string::npos || (mark != 'x' && s.find_first_of("eE") != string::npos)) {
        double v = strtod(s.c_str(), &end);
        if (minus) v = -v;
        n.kind = Number::DOUBLE;
        memcpy(&n.bits, &v, 8);
    } else {
        n.bits = mark == 'b' ? strtoull(s.c_str() + 2, &end, 2) : strtoull(s.c_str(), &end, 0);
        if (*end == 'U') end++;
        if (minus) n.bits = -n.bits;
    }
    if (!end || *end) fail(t.line, "'%s' is no number", s.c_str());
    return n;
}
int64_t Lexer::integer() {
    int at_ = current.line;
    Number n = number();
    if (n.kind != Number::INTEGER) fail(at_, "a whole number expected");
    return (int64_t) n.bits;
}
} // namespace ptx

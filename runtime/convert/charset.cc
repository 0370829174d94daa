#include "runtime/convert/charset.h"

#include <iconv.h>

#include <cerrno>

#include "runtime/base/text.h"

namespace sluice::convert {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

class Utf8 : public Charset {
 public:
  bool is_utf8() const override { return true; }
  std::string_view Encode(std::string_view text, abi::Arena& arena) override {
    return ValidUtf8(text, arena);
  }
  std::string_view Decode(std::string_view bytes, abi::Arena& arena) override {
    return ValidUtf8(bytes, arena);
  }
};

// Bytes that one character of valid UTF-8 takes.
size_t CharacterSize(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

class Iconv : public Charset {
 public:
  Iconv(iconv_t encode, iconv_t decode, size_t unit, bool big_endian_mark)
      : encode_(encode), decode_(decode), unit_(unit), marked_(big_endian_mark) {}
  ~Iconv() override {
    iconv_close(encode_);
    iconv_close(decode_);
  }
  Iconv(const Iconv&) = delete;
  Iconv& operator=(const Iconv&) = delete;

  std::string_view Encode(std::string_view text, abi::Arena& arena) override {
    std::string out;
    if (marked_ && !text.empty()) out = "\xFE\xFF";
    Convert(encode_, ValidUtf8(text, arena), out, [&](std::string_view& left) {
      left.remove_prefix(std::min(CharacterSize(left[0]), left.size()));
      Convert(encode_, "?", out, [](std::string_view& rest) { rest = {}; });
    });
    return arena.Copy(out);
  }

  std::string_view Decode(std::string_view bytes, abi::Arena& arena) override {
    std::string out;
    std::string swapped;
    if (marked_ && bytes.substr(0, 2) == "\xFE\xFF") {
      bytes.remove_prefix(2);
    } else if (marked_ && bytes.substr(0, 2) == "\xFF\xFE") {
      for (size_t i = 2; i + 1 < bytes.size(); i += 2) swapped.append({bytes[i + 1], bytes[i]});
      bytes = swapped;
    }
    Convert(decode_, bytes, out, [&](std::string_view& left) {
      left.remove_prefix(std::min(unit_, left.size()));
      out.append(kReplacement);
    });
    return arena.Copy(out);
  }

 private:
  // `skip` takes what cannot be converted from the front of what is left.
  template <typename Skip>
  static void Convert(iconv_t how, std::string_view from, std::string& out, Skip skip) {
    iconv(how, nullptr, nullptr, nullptr, nullptr);
    char buffer[1024];
    while (!from.empty()) {
      char* in = const_cast<char*>(from.data());
      size_t in_left = from.size();
      char* to = buffer;
      size_t to_left = sizeof buffer;
      const size_t result = iconv(how, &in, &in_left, &to, &to_left);
      const int error = errno;
      out.append(buffer, static_cast<size_t>(to - buffer));
      from.remove_prefix(from.size() - in_left);
      if (result == static_cast<size_t>(-1) && error != E2BIG) skip(from);
    }
  }

  const iconv_t encode_, decode_;
  const size_t unit_;
  const bool marked_;
};

struct KnownName {
  std::string_view java, iconv;
};

// Java's names that iconv has under another one.
constexpr KnownName kNames[] = {
    {"us-ascii", "US-ASCII"},     {"ascii", "US-ASCII"},       {"iso646-us", "US-ASCII"},
    {"iso-8859-1", "ISO-8859-1"}, {"iso8859_1", "ISO-8859-1"}, {"iso8859-1", "ISO-8859-1"},
    {"latin1", "ISO-8859-1"},     {"utf-16", "UTF-16BE"},      {"utf_16", "UTF-16BE"},
    {"utf16", "UTF-16BE"},        {"unicode", "UTF-16BE"},     {"utf_16be", "UTF-16BE"},
    {"utf_16le", "UTF-16LE"},     {"utf-32", "UTF-32BE"},      {"utf_32", "UTF-32BE"},
};

}  // namespace

std::string_view ValidUtf8(std::string_view text, abi::Arena& arena) {
  if (FindInvalidUtf8(text) == std::string_view::npos) [[likely]]
    return text;
  return arena.Copy(ReplaceInvalidUtf8(text));
}

StatusOr<std::unique_ptr<Charset>> FindCharset(std::string_view java_name) {
  const std::string lower = ToLower(java_name);
  if (lower == "utf-8" || lower == "utf8" || lower == "utf_8") return std::make_unique<Utf8>();
  std::string name(java_name);
  for (const KnownName& known : kNames) {
    if (lower == known.java) name = known.iconv;
  }
  // iconv takes suffixes like //TRANSLIT, and an empty name for the locale's.
  if (name.empty() || name.find('/') != std::string::npos || name.find('\0') != std::string::npos) {
    return DataError(StrCat("There is no character set called '", java_name, "'"));
  }
  const iconv_t encode = iconv_open(name.c_str(), "UTF-8");
  const iconv_t failed = reinterpret_cast<iconv_t>(-1);
  if (encode == failed) {
    return DataError(StrCat("There is no character set called '", java_name, "'"));
  }
  const iconv_t decode = iconv_open("UTF-8", name.c_str());
  if (decode == failed) {
    iconv_close(encode);
    return DataError(StrCat("Text in the character set '", java_name, "' cannot be read"));
  }
  const bool marked =
      lower == "utf-16" || lower == "utf_16" || lower == "utf16" || lower == "unicode";
  const size_t unit = lower.find("16") != std::string::npos   ? 2
                      : lower.find("32") != std::string::npos ? 4
                                                              : 1;
  return std::make_unique<Iconv>(encode, decode, lower == "unicode" ? 2 : unit, marked);
}

}  // namespace sluice::convert

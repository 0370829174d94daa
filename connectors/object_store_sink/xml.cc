#include "connectors/object_store_sink/xml.h"

#include <charconv>
#include <cstdint>

#include "connectors/sdk/text.h"

namespace sluice::object_store_sink {
namespace {

void AppendCodePoint(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code >> 6));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (code >> 18 & 7)));
    out.push_back(static_cast<char>(0x80 | (code >> 12 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

// True: `entity` (what stands between & and ;) was one.
bool AppendEntity(std::string& out, std::string_view entity) {
  if (entity == "lt") return out.push_back('<'), true;
  if (entity == "gt") return out.push_back('>'), true;
  if (entity == "amp") return out.push_back('&'), true;
  if (entity == "quot") return out.push_back('"'), true;
  if (entity == "apos") return out.push_back('\''), true;
  if (!entity.starts_with('#')) return false;
  entity.remove_prefix(1);
  const bool hex = entity.starts_with('x') || entity.starts_with('X');
  if (hex) entity.remove_prefix(1);
  uint32_t code = 0;
  const auto [end, error] =
      std::from_chars(entity.data(), entity.data() + entity.size(), code, hex ? 16 : 10);
  if (error != std::errc() || end != entity.data() + entity.size() || code > 0x10FFFF) return false;
  return AppendCodePoint(out, code), true;
}

std::string Resolved(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t mark = text.find('&');
    out.append(text.substr(0, mark));
    if (mark == std::string_view::npos) break;
    text.remove_prefix(mark);
    const size_t end = text.find(';');
    if (end != std::string_view::npos && AppendEntity(out, text.substr(1, end - 1))) {
      text.remove_prefix(end + 1);
    } else {
      out.push_back('&');
      text.remove_prefix(1);
    }
  }
  return out;
}

// The name in <name attribute="...">, from behind the <.
std::string_view NameOf(std::string_view tag) {
  std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/>"));
  if (const size_t colon = name.find(':'); colon != std::string_view::npos) {
    name.remove_prefix(colon + 1);
  }
  return name;
}

}  // namespace

std::string XmlText(std::string_view document, std::string_view element) {
  for (size_t at = document.find('<'); at != std::string_view::npos;
       at = document.find('<', at + 1)) {
    if (NameOf(document.substr(at + 1)) != element) continue;
    const size_t open = document.find('>', at);
    if (open == std::string_view::npos || document[open - 1] == '/') return "";
    const size_t close = document.find('<', open);
    if (close == std::string_view::npos) return "";
    return Resolved(document.substr(open + 1, close - open - 1));
  }
  return "";
}

std::string_view XmlRoot(std::string_view document) {
  for (size_t at = document.find('<'); at != std::string_view::npos;
       at = document.find('<', at + 1)) {
    if (at + 1 < document.size() && document[at + 1] != '?' && document[at + 1] != '!') {
      return NameOf(document.substr(at + 1));
    }
  }
  return {};
}

std::string XmlEscape(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '<':
        out.append("&lt;");
        break;
      case '>':
        out.append("&gt;");
        break;
      case '&':
        out.append("&amp;");
        break;
      case '"':
        out.append("&quot;");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out.append(sdk::Cat("&#", static_cast<int>(c), ";"));
        } else {
          out.push_back(c);
        }
    }
  }
  return out;
}

}  // namespace sluice::object_store_sink

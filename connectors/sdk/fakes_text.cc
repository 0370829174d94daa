#include "connectors/sdk/fakes.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "connectors/sdk/text.h"
#include "runtime/abi/check.h"

// Defined by SLUICE_PLUGIN in the plugin under test.
extern "C" const sluice_plugin* sluice_plugin_entry_v1(uint16_t host_abi_major,
                                                       uint16_t host_abi_minor);

namespace sluice::sdk {
namespace {

using abi::View;

void AppendHex(std::string& out, std::string_view bytes) {
  char digits[3];
  for (char c : bytes) {
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
    out += digits;
  }
}

std::string DecimalText(const sluice_decimal& decimal) {
  if (decimal.unscaled_size > 8) {
    std::string out = "unscaled 0x";
    AppendHex(out, {reinterpret_cast<const char*>(decimal.unscaled), decimal.unscaled_size});
    return Cat(out, " scale ", decimal.scale);
  }
  int64_t number = (decimal.unscaled[0] & 0x80) != 0 ? -1 : 0;
  for (uint32_t i = 0; i < decimal.unscaled_size; ++i) {
    number = static_cast<int64_t>(static_cast<uint64_t>(number) << 8 | decimal.unscaled[i]);
  }
  std::string digits = std::to_string(number);
  const size_t sign = number < 0 ? 1 : 0;
  if (decimal.scale <= 0) return digits + std::string(static_cast<size_t>(-decimal.scale), '0');
  const size_t scale = static_cast<size_t>(decimal.scale);
  if (digits.size() - sign <= scale) digits.insert(sign, scale + 1 - (digits.size() - sign), '0');
  return digits.insert(digits.size() - scale, ".");
}

}  // namespace

std::string ToText(const sluice_value& value) {
  std::string out;
  switch (value.kind) {
    case SLUICE_NULL:
      return "null";
    case SLUICE_BOOLEAN:
      return value.as.int64 != 0 ? "true" : "false";
    case SLUICE_FLOAT32:
      return Cat(value.as.float32);
    case SLUICE_FLOAT64:
      return Cat(value.as.float64);
    case SLUICE_STRING:
      return Cat("\"", abi::Text(value), "\"");
    case SLUICE_BYTES:
      out = "0x";
      AppendHex(out, abi::Text(value));
      return out;
    case SLUICE_DECIMAL:
      return DecimalText(*value.as.decimal);
    case SLUICE_ARRAY:
      for (uint32_t i = 0; i < value.size; ++i) {
        out += (i == 0 ? "" : ",") + ToText(value.as.items[i]);
      }
      return "[" + out + "]";
    case SLUICE_MAP:
      for (uint32_t i = 0; i < value.size; ++i) {
        out += (i == 0 ? "" : ",") + ToText(value.as.entries[i].key) + ":" +
               ToText(value.as.entries[i].value);
      }
      return "{" + out + "}";
    case SLUICE_STRUCT: {
      const sluice_schema& schema = *value.as.structure->schema;
      for (uint32_t i = 0; i < value.size; ++i) {
        out += Cat(i == 0 ? "" : ",", View(schema.fields[i].name), "=",
                   ToText(value.as.structure->values[i]));
      }
      return Cat(View(schema.name), "{", out, "}");
    }
    default:
      return value.kind > abi::kKindMax ? Cat("kind ", int{value.kind}) : Cat(value.as.int64);
  }
}

PluginFailure::PluginFailure(std::string_view call, sluice_code code, const sluice_error& error)
    : std::runtime_error(
          Cat(call, " answered ", code, ": ", std::string_view(error.text, error.text_size))),
      code(code),
      type(error.type, error.type_size) {}

const sluice_class& FindClass(std::string_view name) {
  const sluice_plugin* plugin = sluice_plugin_entry_v1(SLUICE_ABI_MAJOR, SLUICE_ABI_MINOR);
  if (plugin == nullptr) throw std::runtime_error("the plugin's entry answered NULL");
  for (size_t i = 0; i < plugin->class_count; ++i) {
    const std::string_view full = View(plugin->classes[i]->name);
    if (full == name || full.ends_with(Cat(".", name))) return *plugin->classes[i];
  }
  throw std::runtime_error(Cat("the plugin ", View(plugin->name), " has no class ", name));
}

namespace {

// A bar would end a cell, also within `code`.
std::string Cell(std::string_view text) {
  std::string cell;
  for (char c : text) {
    if (c == '|') cell.push_back('\\');
    cell.push_back(c);
  }
  return cell;
}

}  // namespace

std::string MarkdownTable(const sluice_class& of) {
  static constexpr const char* kTypes[] = {"boolean", "string", "int",   "short",   "long",
                                           "double",  "list",   "class", "password"};
  static constexpr const char* kImportance[] = {"high", "medium", "low"};
  std::string out = "| key | type | default | importance | meaning |\n|---|---|---|---|---|\n";
  for (size_t i = 0; i < of.key_count; ++i) {
    const sluice_config_key& key = of.keys[i];
    std::string meaning = Cell(View(key.documentation));
    if (key.allowed_count > 0) {
      meaning += " One of:";
      for (size_t j = 0; j < key.allowed_count; ++j) {
        meaning += Cat(j == 0 ? " `" : ", `", Cell(View(key.allowed[j])), "`");
      }
      meaning += ".";
    }
    std::string fallback = "required";
    if (key.required == 0) {
      fallback = key.default_value.data == nullptr ? "null"
                 : key.default_value.size == 0     ? "\"\""
                                                   : Cat("`", Cell(View(key.default_value)), "`");
    }
    out += Cat("| `", View(key.name), "` | ", kTypes[key.type], " | ", fallback, " | ",
               kImportance[key.importance], " | ", meaning, " |\n");
  }
  return out;
}

bool ReadmeHasTable(const std::string& file, std::string_view class_name) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  const std::string table = MarkdownTable(FindClass(class_name));
  if (text.str().find(table) != std::string::npos) return true;
  std::fprintf(stderr, "%s should hold this table:\n%s", file.c_str(), table.c_str());
  return false;
}

}  // namespace sluice::sdk

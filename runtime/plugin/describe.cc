#include "runtime/plugin/describe.h"

#include <cmath>
#include <set>
#include <string>
#include <string_view>

#include "runtime/abi/check.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"

namespace sluice::plugin {
namespace {

constexpr size_t kTextMax = 64 * 1024;
constexpr size_t kNameMax = 256;
constexpr size_t kClassesMax = 1000;
constexpr size_t kKeysMax = 10'000;
constexpr size_t kListMax = 10'000;
constexpr uint32_t kStructMax = 64 * 1024;  // a struct_size beyond it is garbage

// Walks the tables; the first thing that is wrong ends it. `where_` says what is looked at.
class Describer {
 public:
  StatusOr<proto::PluginDescriptor> Run(const sluice_plugin* plugin) {
    proto::PluginDescriptor out;
    if (plugin == nullptr) {
      return ConnectError(StrCat("its entry answered NULL: it does not work with ABI ",
                                 SLUICE_ABI_MAJOR, ".", SLUICE_ABI_MINOR));
    }
    where_ = "sluice_plugin";
    SLUICE_RETURN_IF_ERROR(Size(plugin->struct_size, abi::kPluginSizeV1));
    if (plugin->abi_major != SLUICE_ABI_MAJOR) {
      return Wrong("abi_major", StrCat(SLUICE_ABI_MAJOR), StrCat(plugin->abi_major));
    }
    SLUICE_RETURN_IF_ERROR(Name("name", plugin->name, out.mutable_name()));
    SLUICE_RETURN_IF_ERROR(Text("version", plugin->version, kNameMax, out.mutable_version()));
    out.set_abi_major(plugin->abi_major);
    out.set_abi_minor(plugin->abi_minor);
    if (plugin->class_count == 0 || plugin->class_count > kClassesMax) {
      return Wrong("class_count", StrCat("1 to ", kClassesMax), StrCat(plugin->class_count));
    }
    SLUICE_RETURN_IF_ERROR(NotNull("classes", plugin->classes));
    std::set<std::pair<std::string, std::string>> names;
    for (size_t i = 0; i < plugin->class_count; ++i) {
      where_ = StrCat("classes[", i, "]");
      const sluice_class* of = plugin->classes[i];
      SLUICE_RETURN_IF_ERROR(NotNull("pointer", of));
      SLUICE_RETURN_IF_ERROR(Size(of->struct_size, abi::kClassSizeV1));
      const bool known = of->kind == SLUICE_SOURCE || of->kind == SLUICE_SINK;
      if (!known && of->kind != 0 && plugin->abi_minor > SLUICE_ABI_MINOR) continue;
      if (!known) {
        return Wrong("kind", "1 (source) or 2 (sink)", StrCat(of->kind));
      }
      proto::ClassDescriptor* made = out.add_classes();
      SLUICE_RETURN_IF_ERROR(Class(*of, *made));
      if (!names.emplace(made->name(), made->version()).second) {
        return Wrong("name", "unique in its version", "there twice");
      }
    }
    return out;
  }

 private:
  Status Wrong(std::string_view member, std::string_view expected, std::string_view found) const {
    return ConnectError(StrCat(where_, ": ", member, " should be ", expected, ", but is ", found));
  }
  Status Size(uint32_t size, uint32_t at_least) const {
    if (size >= at_least && size <= kStructMax) return OkStatus();
    return Wrong("struct_size", StrCat(at_least, " or more (and at most ", kStructMax, ")"),
                 StrCat(size));
  }
  Status NotNull(std::string_view member, const void* pointer) const {
    return pointer != nullptr ? OkStatus() : Wrong(member, "set", "NULL");
  }
  // A text that may be absent.
  Status Text(std::string_view member, sluice_str text, size_t max, std::string* out) const {
    if (text.data == nullptr && text.size != 0) {
      return Wrong(member, "a text", StrCat("NULL with size ", text.size));
    }
    if (text.size > max) {
      return Wrong(member, StrCat("at most ", max, " bytes"), StrCat(text.size, " bytes"));
    }
    const std::string_view view = abi::View(text);
    if (const size_t at = FindInvalidUtf8(view); at != std::string_view::npos) {
      return Wrong(member, "UTF-8", StrCat("invalid at byte ", at));
    }
    out->assign(view);
    return OkStatus();
  }
  // A text that must say something, on one line.
  Status Name(std::string_view member, sluice_str text, std::string* out) const {
    SLUICE_RETURN_IF_ERROR(Text(member, text, kNameMax, out));
    if (out->empty()) return Wrong(member, "a name", "empty");
    for (char c : *out) {
      if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F) {
        return Wrong(member, "without blanks and control characters",
                     StrCat("'", ReplaceInvalidUtf8(*out), "'"));
      }
    }
    return OkStatus();
  }
  template <typename Out>
  Status Names(std::string_view member, const sluice_str* texts, size_t count, bool blank,
               Out* out) const {
    if (count > kListMax) return Wrong(member, StrCat("at most ", kListMax), StrCat(count));
    if (count != 0) SLUICE_RETURN_IF_ERROR(NotNull(member, texts));
    for (size_t i = 0; i < count; ++i) {
      SLUICE_RETURN_IF_ERROR(blank ? Text(member, texts[i], kTextMax, out->Add())
                                   : Name(member, texts[i], out->Add()));
    }
    return OkStatus();
  }

  Status Class(const sluice_class& of, proto::ClassDescriptor& out) {
    out.set_kind(of.kind);
    SLUICE_RETURN_IF_ERROR(Name("name", of.name, out.mutable_name()));
    where_ = StrCat("class ", out.name());
    SLUICE_RETURN_IF_ERROR(
        Names("aliases", of.aliases, of.alias_count, false, out.mutable_aliases()));
    SLUICE_RETURN_IF_ERROR(Text("version", of.version, kNameMax, out.mutable_version()));
    if (out.version().empty()) out.set_version("undefined");
    SLUICE_RETURN_IF_ERROR(Name("task_class", of.task_class, out.mutable_task_class()));
    SLUICE_RETURN_IF_ERROR(
        Text("documentation", of.documentation, kTextMax, out.mutable_documentation()));
    SLUICE_RETURN_IF_ERROR(NotNull("table", of.table));
    const sluice_connector_calls* calls = nullptr;
    SLUICE_RETURN_IF_ERROR(of.kind == SLUICE_SOURCE ? Source(of.table, &calls)
                                                    : Sink(of.table, &calls));
    SLUICE_RETURN_IF_ERROR(Connector(calls, out));
    return Keys(of, out);
  }

  template <typename Table>
  Status Function(std::string_view name, Table* function) const {
    if (function != nullptr) return OkStatus();
    return ConnectError(StrCat(where_, ": the function ", name, " is required, but is NULL"));
  }
  Status Source(const void* table, const sluice_connector_calls** calls) {
    const auto& source = *static_cast<const sluice_source_table*>(table);
    const std::string of_class = where_;
    where_ = StrCat(of_class, ", source table");
    SLUICE_RETURN_IF_ERROR(Size(source.struct_size, abi::kSourceTableSizeV1));
    SLUICE_RETURN_IF_ERROR(Function("create", source.create));
    SLUICE_RETURN_IF_ERROR(Function("start", source.start));
    SLUICE_RETURN_IF_ERROR(Function("poll", source.poll));
    SLUICE_RETURN_IF_ERROR(Function("release", source.release));
    SLUICE_RETURN_IF_ERROR(Function("close", source.close));
    SLUICE_RETURN_IF_ERROR(NotNull("connector", source.connector));
    *calls = source.connector;
    where_ = of_class;
    return OkStatus();
  }
  Status Sink(const void* table, const sluice_connector_calls** calls) {
    const auto& sink = *static_cast<const sluice_sink_table*>(table);
    const std::string of_class = where_;
    where_ = StrCat(of_class, ", sink table");
    SLUICE_RETURN_IF_ERROR(Size(sink.struct_size, abi::kSinkTableSizeV1));
    SLUICE_RETURN_IF_ERROR(Function("create", sink.create));
    SLUICE_RETURN_IF_ERROR(Function("start", sink.start));
    SLUICE_RETURN_IF_ERROR(Function("put", sink.put));
    SLUICE_RETURN_IF_ERROR(Function("close", sink.close));
    SLUICE_RETURN_IF_ERROR(NotNull("connector", sink.connector));
    if (sink.put_atomic > 1) return Wrong("put_atomic", "0 or 1", StrCat(sink.put_atomic));
    *calls = sink.connector;
    where_ = of_class;
    return OkStatus();
  }
  Status Connector(const sluice_connector_calls* calls, proto::ClassDescriptor& out) {
    const std::string of_class = where_;
    where_ = StrCat(of_class, ", connector calls");
    SLUICE_RETURN_IF_ERROR(Size(calls->struct_size, abi::kConnectorCallsSizeV1));
    SLUICE_RETURN_IF_ERROR(Function("create", calls->create));
    SLUICE_RETURN_IF_ERROR(Function("start", calls->start));
    SLUICE_RETURN_IF_ERROR(Function("task_configs", calls->task_configs));
    SLUICE_RETURN_IF_ERROR(Function("close", calls->close));
    out.set_alters_offsets(calls->alter_offsets != nullptr);
    out.set_recommends(calls->recommend != nullptr);
    where_ = of_class;
    return OkStatus();
  }

  Status Keys(const sluice_class& of, proto::ClassDescriptor& out) {
    if (of.key_count > kKeysMax) {
      return Wrong("key_count", StrCat("at most ", kKeysMax), StrCat(of.key_count));
    }
    if (of.key_count == 0) return OkStatus();
    SLUICE_RETURN_IF_ERROR(NotNull("keys", of.keys));
    const std::string of_class = where_;
    where_ = StrCat(of_class, ", keys[0]");
    SLUICE_RETURN_IF_ERROR(Size(of.keys[0].struct_size, abi::kConfigKeySizeV1));
    const size_t stride = of.keys[0].struct_size;
    std::set<std::string> names;
    for (size_t i = 0; i < of.key_count; ++i) {
      const auto& key = *reinterpret_cast<const sluice_config_key*>(
          reinterpret_cast<const char*>(of.keys) + i * stride);
      where_ = StrCat(of_class, ", keys[", i, "]");
      if (key.struct_size != stride) {
        return Wrong("struct_size", StrCat(stride, ", as the first key's"),
                     StrCat(key.struct_size));
      }
      proto::KeyDescriptor* made = out.add_keys();
      SLUICE_RETURN_IF_ERROR(Key(key, out.recommends(), *made));
      if (!names.insert(made->name()).second) {
        return Wrong("name", "unique", "there twice");
      }
    }
    where_ = of_class;
    return OkStatus();
  }
  Status Key(const sluice_config_key& key, bool class_recommends, proto::KeyDescriptor& out) {
    SLUICE_RETURN_IF_ERROR(Name("name", key.name, out.mutable_name()));
    where_ = StrCat(where_, " ", out.name());
    if (key.type > SLUICE_CONFIG_PASSWORD) return Wrong("type", "0 to 8", StrCat(key.type));
    if (key.importance > SLUICE_LOW) return Wrong("importance", "0 to 2", StrCat(key.importance));
    if (key.width > SLUICE_WIDTH_LONG) return Wrong("width", "0 to 3", StrCat(key.width));
    if (key.validator > SLUICE_VALID_REGEX) {
      return Wrong("validator", "0 to 5", StrCat(key.validator));
    }
    if (key.validator == SLUICE_VALID_RANGE &&
        (std::isnan(key.min) || std::isnan(key.max) || key.min > key.max)) {
      return Wrong("range", "min <= max", StrCat(key.min, " to ", key.max));
    }
    if (key.recommends != 0 && !class_recommends) {
      return Wrong("recommends", "0, because its table has no recommend", StrCat(key.recommends));
    }
    out.set_type(key.type);
    out.set_importance(key.importance);
    out.set_width(key.width);
    out.set_validator(key.validator);
    out.set_required(key.required != 0);
    out.set_recommends(key.recommends != 0);
    out.set_order_in_group(key.order_in_group);
    out.set_min(key.min);
    out.set_max(key.max);
    if (key.required == 0 && key.default_value.data != nullptr) {
      SLUICE_RETURN_IF_ERROR(
          Text("default_value", key.default_value, kTextMax, out.mutable_default_value()));
    }
    SLUICE_RETURN_IF_ERROR(
        Text("documentation", key.documentation, kTextMax, out.mutable_documentation()));
    SLUICE_RETURN_IF_ERROR(Text("group", key.group, kNameMax, out.mutable_group()));
    SLUICE_RETURN_IF_ERROR(
        Text("display_name", key.display_name, kNameMax, out.mutable_display_name()));
    SLUICE_RETURN_IF_ERROR(
        Names("allowed", key.allowed, key.allowed_count, true, out.mutable_allowed()));
    return Names("dependents", key.dependents, key.dependent_count, false,
                 out.mutable_dependents());
  }

  std::string where_;
};

}  // namespace

StatusOr<proto::PluginDescriptor> DescribePlugin(const sluice_plugin* plugin) {
  return Describer().Run(plugin);
}

}  // namespace sluice::plugin

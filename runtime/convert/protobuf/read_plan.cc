#include "runtime/convert/protobuf/read_plan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <optional>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/protobuf/connect_names.h"
#include "runtime/convert/protobuf/to_connect.h"
#include "runtime/convert/recursion.h"

namespace sluice::convert::protobuf {
namespace {

constexpr int32_t kSmallMax = 128;

sluice_value Zero(sluice_kind kind) {
  switch (kind) {
    case SLUICE_FLOAT32:
      return abi::Float32(0);
    case SLUICE_FLOAT64:
      return abi::Float64(0);
    case SLUICE_STRING:
      return abi::String("");
    case SLUICE_BYTES:
      return abi::Bytes("");
    default:
      return abi::Integer(kind, 0);
  }
}

// inf, -inf and nan are among them.
std::optional<double> Floating(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return text[0] == '-' ? -INFINITY : INFINITY;
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

std::optional<int64_t> Whole(std::string_view text) {
  if (const auto number = ParseInt64(text)) return number;
  uint64_t large = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), large);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<int64_t>(large);
}

// As descriptors write defaults of bytes: \n, \", \001.
std::string Unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    const size_t place = std::string_view("abfnrtv").find(c);
    if (c >= '0' && c <= '7') {
      int code = 0;
      for (int digits = 0; digits < 3 && i < text.size() && text[i] >= '0' && text[i] <= '7';
           ++digits) {
        code = code * 8 + (text[i++] - '0');
      }
      --i;
      out += static_cast<char>(code);
    } else {
      out += place == std::string_view::npos ? c : "\a\b\f\n\r\t\v"[place];
    }
  }
  return out;
}

class Planner {
 public:
  Planner(const ProtobufOptions& options, const Message& root, ReadPlan& plan)
      : options_(options), recursion_(root, PartsOf), plan_(plan) {}

  StatusOr<const MessagePlan*> PlanOf(const Message& message, const sluice_schema& connect) {
    // What is shared between schemas of one message are their fields.
    const auto key =
        std::make_pair(&message, connect.field_count == 0 ? nullptr : connect.fields[0].schema);
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    MessagePlan& made = plan_.messages.emplace_back();
    known_[key] = &made;
    made.message = &message;
    made.values = connect.field_count;
    made.too_deep = connect.field_count == 0 && !message.fields.empty();
    if (made.too_deep) return &made;
    for (size_t i = 0; i < message.oneofs.size() && !options_.flatten_unions; ++i) {
      const std::string name = UnionField(message, static_cast<int32_t>(i), options_);
      SLUICE_ASSIGN_OR_RETURN(const uint32_t slot, SlotOf(connect, name));
      made.unions.push_back({slot, connect.fields[slot].schema});
    }
    made.nodes.reserve(message.fields.size());
    for (const Field& field : message.fields) {
      SLUICE_ASSIGN_OR_RETURN(ReadNode node, NodeOf(made, field, connect));
      made.nodes.push_back(std::move(node));
    }
    Index(made);
    return &made;
  }

  // Key and value of a map are what they are by default if they are missing.
  StatusOr<const MessagePlan*> EntryPlan(const Message& entry, const sluice_schema& map) {
    MessagePlan& made = plan_.messages.emplace_back();
    made.message = &entry;
    made.values = 2;
    for (uint32_t i = 0; i < 2; ++i) {
      ReadNode node;
      node.slot = i;
      SLUICE_RETURN_IF_ERROR(
          Fill(node, entry.fields[i], i == 0 ? *map.key_schema : *map.value_schema));
      made.nodes.push_back(std::move(node));
    }
    Index(made);
    return &made;
  }

  Status Fill(ReadNode& node, const Field& field, const sluice_schema& connect) {
    node.field = &field;
    node.type = field.type;
    node.kind = connect.type;
    node.wire = WireOf(field.type);
    node.repeated = field.repeated();
    node.packable = node.repeated && node.wire != Wire::kBytes;
    node.required = field.label == Label::kRequired;
    node.strict_utf8 = field.parent->file->proto3;
    node.closed = !field.parent->file->proto3;
    if (IsMap(field)) {
      node.op = ReadOp::kMap;
      if (field.message->fields[0].type == Type::kMessage) {
        return DataError(StrCat("The map ", field.name, " of message ", field.parent->full_name,
                                " has messages for keys: expected numbers or strings"));
      }
      SLUICE_ASSIGN_OR_RETURN(node.message, EntryPlan(*field.message, connect));
      return OkStatus();
    }
    const sluice_schema& value = node.repeated ? *connect.value_schema : connect;
    node.kind = value.type;
    if (field.type == Type::kMessage) return FillMessage(node, *field.message, value);
    if (field.type == Type::kString) node.op = ReadOp::kString;
    if (field.type == Type::kBytes) node.op = ReadOp::kBytes;
    if (field.type == Type::kEnum && value.type == SLUICE_STRING) {
      node.op = ReadOp::kEnumText;
      AddSymbols(node, value);
    }
    return FillDefault(node);
  }

  static void Index(MessagePlan& plan) {
    for (size_t i = 0; i < plan.nodes.size(); ++i) {
      const int32_t number = plan.nodes[i].field->number;
      if (number >= kSmallMax || i > INT16_MAX) {
        plan.large.emplace_back(number, static_cast<int32_t>(i));
        continue;
      }
      const auto place = static_cast<size_t>(number);
      if (plan.small.size() <= place) plan.small.resize(place + 1, -1);
      plan.small[place] = static_cast<int16_t>(i);
    }
    std::sort(plan.large.begin(), plan.large.end());
  }

 private:
  static StatusOr<uint32_t> SlotOf(const sluice_schema& connect, std::string_view name) {
    const int slot = abi::FieldIndex(connect, name);
    if (slot >= 0) return static_cast<uint32_t>(slot);
    return DataError(
        StrCat("The Connect schema ", abi::View(connect.name), " has no field ", name));
  }

  StatusOr<ReadNode> NodeOf(const MessagePlan& plan, const Field& field,
                            const sluice_schema& connect) {
    ReadNode node;
    const sluice_schema* holder = &connect;
    if (field.oneof >= 0 && !options_.flatten_unions) {
      node.in_union = field.oneof;
      holder = plan.unions[static_cast<size_t>(field.oneof)].connect;
    }
    SLUICE_ASSIGN_OR_RETURN(node.slot, SlotOf(*holder, field.name));
    SLUICE_RETURN_IF_ERROR(Fill(node, field, *holder->fields[node.slot].schema));
    const bool has_presence = field.type == Type::kMessage || field.proto3_optional ||
                              field.oneof >= 0 ||
                              (options_.optional_for_proto2 && field.HasOptionalKeyword());
    node.null_if_missing = !node.repeated && has_presence && !options_.struct_for_nulls;
    // A message that contains itself has no default that ends; a oneof's member is set or not.
    if (field.oneof >= 0 || (node.op == ReadOp::kStruct && recursion_.IsOnCycle(*field.message))) {
      node.null_if_missing = !node.repeated;
    }
    node.refuses_null = node.null_if_missing && !holder->fields[node.slot].schema->optional;
    return node;
  }

  Status FillMessage(ReadNode& node, const Message& message, const sluice_schema& connect) {
    switch (KnownMessage(message.full_name)) {
      case Known::kDecimal:
        node.op = ReadOp::kDecimal;
        return OkStatus();
      case Known::kDate:
        node.op = ReadOp::kDate;
        return OkStatus();
      case Known::kTime:
        node.op = ReadOp::kTime;
        return OkStatus();
      case Known::kTimestamp:
        node.op = ReadOp::kTimestamp;
        return OkStatus();
      default:
        break;
    }
    if (connect.type != SLUICE_STRUCT) {
      node.op = ReadOp::kWrapper;
      ReadNode& inner = plan_.inner.emplace_back();
      node.inner = &inner;
      return Fill(inner, *WrappedValue(message), connect);
    }
    node.op = ReadOp::kStruct;
    node.connect = &connect;
    SLUICE_ASSIGN_OR_RETURN(node.message, PlanOf(message, connect));
    return OkStatus();
  }

  Status FillDefault(ReadNode& node) {
    const Field& field = *node.field;
    if (field.type == Type::kEnum) {
      const EnumValue* value = &field.enumeration->values[0];
      for (const EnumValue& one : field.enumeration->values) {
        if (field.has_default && one.name == field.default_text) value = &one;
      }
      node.fallback = abi::Integer(node.kind, value->number);
      if (node.op != ReadOp::kEnumText) return OkStatus();
      for (const auto& [number, name] : node.symbols) {
        if (name == value->name) node.fallback = abi::String(name);
      }
      return OkStatus();
    }
    node.fallback = Zero(node.kind);
    if (!field.has_default) return OkStatus();
    const std::string& text = field.default_text;
    if (field.type == Type::kString) {
      node.fallback = abi::String(text);
    } else if (field.type == Type::kBytes) {
      node.fallback = plan_.defaults.CopyBytes(Unescaped(text));
    } else if (field.type == Type::kBool) {
      node.fallback = abi::Boolean(text == "true");
    } else if (node.kind == SLUICE_FLOAT32 || node.kind == SLUICE_FLOAT64) {
      const auto number = Floating(text);
      if (!number) return NoDefault(field);
      node.fallback = node.kind == SLUICE_FLOAT32 ? abi::Float32(static_cast<float>(*number))
                                                  : abi::Float64(*number);
    } else {
      const auto number = Whole(text);
      if (!number) return NoDefault(field);
      node.fallback = abi::Integer(node.kind, *number);
    }
    return OkStatus();
  }

  static Status NoDefault(const Field& field) {
    return DataError(StrCat("The field ", field.name, " of message ", field.parent->full_name,
                            " cannot have the default ", field.default_text.substr(0, 100)));
  }

  // Of the parameters, because those live as long as the values do. The first of a number counts.
  void AddSymbols(ReadNode& node, const sluice_schema& connect) const {
    const std::string prefix = StrCat(options_.generalized_sum_types ? kGeneralEnum : kEnum, ".");
    for (uint32_t i = 0; i < connect.parameter_count; ++i) {
      std::string_view name = abi::View(connect.parameters[i].key);
      const auto number = ParseInt64(abi::View(connect.parameters[i].value));
      if (!name.starts_with(prefix) || !number) continue;
      name.remove_prefix(prefix.size());
      node.symbols.emplace_back(static_cast<int32_t>(*number), name);
    }
    std::stable_sort(node.symbols.begin(), node.symbols.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  }

  const ProtobufOptions& options_;
  const Recursion<Message> recursion_;
  ReadPlan& plan_;
  std::map<std::pair<const Message*, const sluice_schema*>, const MessagePlan*> known_;
};

}  // namespace

int32_t MessagePlan::NodeOf(int32_t number) const {
  if (static_cast<size_t>(number) < small.size() && small[static_cast<size_t>(number)] >= 0) {
    return small[static_cast<size_t>(number)];
  }
  const auto found =
      std::lower_bound(large.begin(), large.end(), std::make_pair(number, INT32_MIN));
  return found != large.end() && found->first == number ? found->second : -1;
}

StatusOr<std::unique_ptr<ReadPlan>> MakeReadPlan(const Message& message,
                                                 const sluice_schema& connect,
                                                 const ProtobufOptions& options) {
  auto plan = std::make_unique<ReadPlan>();
  Planner planner(options, message, *plan);
  if (connect.type == SLUICE_STRUCT) {
    SLUICE_ASSIGN_OR_RETURN(plan->root, planner.PlanOf(message, connect));
    return plan;
  }
  plan->raw = true;
  ReadNode node;
  SLUICE_RETURN_IF_ERROR(planner.Fill(node, *WrappedValue(message), connect));
  MessagePlan& root = plan->messages.emplace_back();
  root.message = &message;
  root.values = 1;
  root.nodes.push_back(std::move(node));
  Planner::Index(root);
  plan->root = &root;
  return plan;
}

}  // namespace sluice::convert::protobuf

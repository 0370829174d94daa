// Values in Avro's binary form, by the plan of a schema.
#include <algorithm>
#include <cstring>

#include "connectors/object_store_sink/avro_schema.h"
#include "connectors/object_store_sink/format.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

constexpr int kDepthMax = 1000;

template <typename T>
void AppendLittleEndian(std::string& out, T number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);  // x86-64 and arm64 are little-endian
  out.append(bytes, sizeof bytes);
}

[[noreturn]] void Misfit(const AvroNode& node, const sdk::Value& value) {
  throw sdk::DataException("a value of kind ", static_cast<int>(value.kind),
                           " does not fit its schema of type ",
                           static_cast<int>(node.schema->type));
}

void AppendText(std::string& out, std::string_view text) {
  AppendAvroLong(out, static_cast<int64_t>(text.size()));
  out.append(text);
}

void AppendEnum(std::string& out, const AvroNode& node, const sdk::Value& value) {
  if (value.kind != SLUICE_STRING) Misfit(node, value);
  const auto at = std::find(node.symbols.begin(), node.symbols.end(), sdk::Text(value));
  if (at == node.symbols.end()) {
    throw sdk::DataException("a text is none of its enum's symbols");
  }
  AppendAvroLong(out, at - node.symbols.begin());
}

void AppendDecimalBytes(std::string& out, const AvroNode& node, const sdk::Value& value) {
  if (value.kind != SLUICE_DECIMAL) Misfit(node, value);
  const sluice_decimal& decimal = *value.as.decimal;
  if (decimal.scale != node.scale) {
    throw sdk::DataException("a decimal has scale ", decimal.scale, ", and its schema ",
                             node.scale);
  }
  AppendText(out, {reinterpret_cast<const char*>(decimal.unscaled), decimal.unscaled_size});
}

void AppendItems(std::string& out, const AvroNode& node, const sdk::Value& value, int depth) {
  const bool array = node.op == AvroNode::Op::kArray;
  if (value.kind != (array ? SLUICE_ARRAY : SLUICE_MAP)) Misfit(node, value);
  if (value.size > 0) AppendAvroLong(out, value.size);
  for (uint32_t i = 0; i < value.size; ++i) {
    if (array) {
      AppendAvro(out, *node.inner[0], value.as.items[i], depth);
    } else {
      AppendAvro(out, *node.inner[0], value.as.entries[i].key, depth);
      AppendAvro(out, *node.inner[1], value.as.entries[i].value, depth);
    }
  }
  AppendAvroLong(out, 0);
}

void AppendRecord(std::string& out, const AvroNode& node, const sdk::Value& value, int depth) {
  if (value.kind != SLUICE_STRUCT || value.size != node.inner.size()) Misfit(node, value);
  for (uint32_t i = 0; i < value.size; ++i) {
    AppendAvro(out, *node.inner[i], FieldOf(*value.as.structure, i), depth);
  }
}

}  // namespace

void AppendAvroLong(std::string& out, int64_t number) {
  uint64_t rest = static_cast<uint64_t>(number) << 1 ^ static_cast<uint64_t>(number >> 63);
  while (rest >= 0x80) {
    out.push_back(static_cast<char>(rest | 0x80));
    rest >>= 7;
  }
  out.push_back(static_cast<char>(rest));
}

void AppendAvro(std::string& out, const AvroNode& node, const sdk::Value& value, int depth) {
  using Op = AvroNode::Op;
  if (depth > kDepthMax) throw sdk::DataException("the value is nested too deep");
  if (sdk::IsNull(value)) {
    if (node.null_branch < 0) {
      throw sdk::DataException("a value is null where its schema asks for one");
    }
    return AppendAvroLong(out, node.null_branch);
  }
  if (node.value_branch >= 0) AppendAvroLong(out, node.value_branch);
  switch (node.op) {
    case Op::kBoolean:
      if (value.kind != SLUICE_BOOLEAN) Misfit(node, value);
      return out.push_back(value.as.int64 != 0 ? 1 : 0);
    case Op::kWhole:
      if ((value.kind < SLUICE_INT8 || value.kind > SLUICE_INT64) && value.kind < SLUICE_DATE) {
        Misfit(node, value);
      }
      return AppendAvroLong(out, value.as.int64);
    case Op::kFloat:
      if (value.kind != SLUICE_FLOAT32) Misfit(node, value);
      return AppendLittleEndian(out, value.as.float32);
    case Op::kDouble:
      if (value.kind != SLUICE_FLOAT64) Misfit(node, value);
      return AppendLittleEndian(out, value.as.float64);
    case Op::kText:
      if (value.kind != node.schema->type) Misfit(node, value);
      return AppendText(out, sdk::Text(value));
    case Op::kDecimal:
      return AppendDecimalBytes(out, node, value);
    case Op::kEnum:
      return AppendEnum(out, node, value);
    case Op::kRecord:
      return AppendRecord(out, node, value, depth + 1);
    default:
      return AppendItems(out, node, value, depth + 1);
  }
}

}  // namespace sluice::object_store_sink

// Schemas from C++: SchemaRef counts one, SchemaBuilder makes one, with the fingerprint that the
// ABI defines. Header-only, shared by the worker and the SDK, so that both make the same bytes.
// Schemas are immutable and may be shared between threads; a builder belongs to one thread.
// Builders are for set-up: cache what they make.
#ifndef SLUICE_RUNTIME_ABI_SCHEMA_H_
#define SLUICE_RUNTIME_ABI_SCHEMA_H_

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/abi/views.h"

namespace sluice::abi {

// A counted reference to a schema, or to none (schemaless).
class SchemaRef {
 public:
  SchemaRef() = default;
  // Shares: adds a reference of its own.
  explicit SchemaRef(const sluice_schema* schema) : schema_(schema) { Retain(); }
  SchemaRef(const SchemaRef& other) : schema_(other.schema_) { Retain(); }
  SchemaRef(SchemaRef&& other) noexcept : schema_(std::exchange(other.schema_, nullptr)) {}
  SchemaRef& operator=(SchemaRef other) noexcept {
    std::swap(schema_, other.schema_);
    return *this;
  }
  ~SchemaRef() {
    if (schema_ != nullptr && schema_->release != nullptr) schema_->release(schema_);
  }
  // Takes over the reference that a builder has just made.
  static SchemaRef Adopt(const sluice_schema* schema) {
    SchemaRef ref;
    ref.schema_ = schema;
    return ref;
  }
  const sluice_schema* get() const { return schema_; }
  const sluice_schema& operator*() const { return *schema_; }
  const sluice_schema* operator->() const { return schema_; }
  explicit operator bool() const { return schema_ != nullptr; }
  friend bool operator==(const SchemaRef& a, const SchemaRef& b) {
    return SameSchema(a.schema_, b.schema_);
  }

 private:
  void Retain() const {
    if (schema_ != nullptr && schema_->retain != nullptr) schema_->retain(schema_);
  }
  const sluice_schema* schema_ = nullptr;
};

// Feeds canonical bytes to the two FNV-1a sums of sluice_fingerprint.
class FingerprintHasher {
 public:
  void Byte(uint8_t byte) {
    lo_ = (lo_ ^ byte) * kPrime;
    hi_ = (hi_ ^ byte) * kPrime;
  }
  void Number(uint64_t number) {
    for (int i = 0; i < 8; ++i) Byte(static_cast<uint8_t>(number >> (8 * i)));
  }
  void Text(std::string_view text) {
    Number(text.size());
    for (char c : text) Byte(static_cast<uint8_t>(c));
  }
  void OptionalText(sluice_str text) {
    Byte(text.data != nullptr);
    if (text.data != nullptr) Text(View(text));
  }
  void Print(const sluice_fingerprint& print) {
    Number(print.lo);
    Number(print.hi);
  }
  void Value(const sluice_value& value) {
    Byte(value.kind);
    switch (value.kind) {
      case SLUICE_NULL:
        break;
      case SLUICE_FLOAT32: {
        uint32_t bits;
        std::memcpy(&bits, &value.as.float32, sizeof bits);
        Number(bits);
        break;
      }
      case SLUICE_FLOAT64: {
        uint64_t bits;
        std::memcpy(&bits, &value.as.float64, sizeof bits);
        Number(bits);
        break;
      }
      case SLUICE_STRING:
      case SLUICE_BYTES:
        Text(abi::Text(value));
        break;
      case SLUICE_DECIMAL:
        Number(static_cast<uint64_t>(static_cast<int64_t>(value.as.decimal->scale)));
        Text({reinterpret_cast<const char*>(value.as.decimal->unscaled),
              value.as.decimal->unscaled_size});
        break;
      case SLUICE_ARRAY:
        Number(value.size);
        for (uint32_t i = 0; i < value.size; ++i) Value(value.as.items[i]);
        break;
      case SLUICE_MAP:
        Number(value.size);
        for (uint32_t i = 0; i < value.size; ++i) {
          Value(value.as.entries[i].key);
          Value(value.as.entries[i].value);
        }
        break;
      case SLUICE_STRUCT:
        for (uint32_t i = 0; i < value.size; ++i) Value(value.as.structure->values[i]);
        break;
      default:
        Number(static_cast<uint64_t>(value.as.int64));
    }
  }
  sluice_fingerprint Finish() const { return {lo_, hi_}; }

 private:
  static constexpr uint64_t kPrime = 0x100000001b3ull;
  uint64_t lo_ = 0xcbf29ce484222325ull;
  uint64_t hi_ = 0x84222325cbf29ce4ull;
};

// The fingerprint of everything in `schema` but its own fingerprint member; those of inner schemas
// are trusted.
inline sluice_fingerprint Fingerprint(const sluice_schema& schema) {
  FingerprintHasher hash;
  hash.Byte(schema.type);
  hash.Byte(schema.optional);
  hash.Byte(schema.has_version);
  hash.Number(static_cast<uint64_t>(static_cast<int64_t>(schema.version)));
  hash.OptionalText(schema.name);
  hash.OptionalText(schema.doc);
  std::vector<const sluice_key_value*> parameters;
  for (uint32_t i = 0; i < schema.parameter_count; ++i) parameters.push_back(&schema.parameters[i]);
  std::sort(parameters.begin(), parameters.end(),
            [](auto* a, auto* b) { return View(a->key) < View(b->key); });
  hash.Number(parameters.size());
  for (auto* parameter : parameters) {
    hash.Text(View(parameter->key));
    hash.Text(View(parameter->value));
  }
  hash.Byte(schema.default_value != nullptr);
  if (schema.default_value != nullptr) hash.Value(*schema.default_value);
  for (const sluice_schema* inner : {schema.key_schema, schema.value_schema}) {
    hash.Byte(inner != nullptr);
    if (inner != nullptr) hash.Print(inner->fingerprint);
  }
  hash.Number(schema.field_count);
  for (uint32_t i = 0; i < schema.field_count; ++i) {
    hash.Text(View(schema.fields[i].name));
    hash.Print(schema.fields[i].schema->fingerprint);
  }
  return hash.Finish();
}

// SchemaBuilder(SLUICE_STRUCT).Name("N").Field("a", int32).Optional().Build()
class SchemaBuilder {
 public:
  explicit SchemaBuilder(sluice_kind type) : type_(type) {}
  // Everything of `like`, to be changed: fields, parameters, default.
  static SchemaBuilder Like(const sluice_schema& like);

  SchemaBuilder& Optional(bool optional = true) {
    optional_ = optional;
    return *this;
  }
  SchemaBuilder& Name(std::string_view name) {
    name_ = std::string(name);
    return *this;
  }
  SchemaBuilder& NoName() {
    name_.reset();
    return *this;
  }
  SchemaBuilder& Version(int32_t version) {
    version_ = version;
    return *this;
  }
  SchemaBuilder& Doc(std::string_view doc) {
    doc_ = std::string(doc);
    return *this;
  }
  SchemaBuilder& Parameter(std::string_view key, std::string_view value) {
    for (auto& parameter : parameters_) {
      if (parameter.first == key) return parameter.second = std::string(value), *this;
    }
    parameters_.emplace_back(key, value);
    return *this;
  }
  // The value is copied deeply at Build; until then it is borrowed.
  SchemaBuilder& Default(const sluice_value& value) {
    default_ = value;
    return *this;
  }
  SchemaBuilder& NoDefault() {
    default_.reset();
    return *this;
  }
  SchemaBuilder& Field(std::string_view name, SchemaRef schema) {
    fields_.emplace_back(std::string(name), std::move(schema));
    return *this;
  }
  SchemaBuilder& ClearFields() {
    fields_.clear();
    return *this;
  }
  SchemaBuilder& Key(SchemaRef schema) {
    key_ = std::move(schema);
    return *this;
  }
  SchemaBuilder& Value(SchemaRef schema) {
    value_ = std::move(schema);
    return *this;
  }
  bool HasField(std::string_view name) const {
    return std::any_of(fields_.begin(), fields_.end(), [&](auto& f) { return f.first == name; });
  }

  SchemaRef Build() const;

 private:
  sluice_kind type_;
  bool optional_ = false;
  std::optional<std::string> name_, doc_;
  std::optional<int32_t> version_;
  std::vector<std::pair<std::string, std::string>> parameters_;
  std::optional<sluice_value> default_;
  std::vector<std::pair<std::string, SchemaRef>> fields_;
  SchemaRef key_, value_;
};

// A deep copy of a value into an arena; inner struct schemas are shared, not retained.
inline sluice_value CopyValue(Arena& arena, const sluice_value& value) {
  switch (value.kind) {
    case SLUICE_STRING:
      return arena.CopyString(Text(value));
    case SLUICE_BYTES:
      return arena.CopyBytes(Text(value));
    case SLUICE_DECIMAL: {
      const sluice_decimal& from = *value.as.decimal;
      std::string_view bytes = arena.Copy(
          {reinterpret_cast<const char*>(from.unscaled), static_cast<size_t>(from.unscaled_size)});
      return Decimal(arena.New(sluice_decimal{from.scale, from.unscaled_size,
                                              reinterpret_cast<const uint8_t*>(bytes.data())}));
    }
    case SLUICE_ARRAY: {
      sluice_value* items = arena.NewArray<sluice_value>(value.size);
      for (uint32_t i = 0; i < value.size; ++i) items[i] = CopyValue(arena, value.as.items[i]);
      return Array(items, value.size);
    }
    case SLUICE_MAP: {
      sluice_map_entry* entries = arena.NewArray<sluice_map_entry>(value.size);
      for (uint32_t i = 0; i < value.size; ++i) {
        entries[i].key = CopyValue(arena, value.as.entries[i].key);
        entries[i].value = CopyValue(arena, value.as.entries[i].value);
      }
      return Map(entries, value.size);
    }
    case SLUICE_STRUCT: {
      sluice_value* values = arena.NewArray<sluice_value>(value.size);
      for (uint32_t i = 0; i < value.size; ++i) {
        values[i] = CopyValue(arena, value.as.structure->values[i]);
      }
      return arena.NewStruct(value.as.structure->schema, values);
    }
    default:
      return value;
  }
}

namespace internal {

// A schema and all that it points at, in one allocation's worth of objects. Freed by the last
// release.
struct OwnedSchema {
  sluice_schema schema{};  // first: retain and release cast back
  std::atomic<int64_t> references{1};
  Arena arena{256};
  std::vector<SchemaRef> inner;

  static void Retain(const sluice_schema* schema) {
    const_cast<OwnedSchema*>(reinterpret_cast<const OwnedSchema*>(schema))
        ->references.fetch_add(1, std::memory_order_relaxed);
  }
  static void Release(const sluice_schema* schema) {
    auto* self = const_cast<OwnedSchema*>(reinterpret_cast<const OwnedSchema*>(schema));
    if (self->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete self;
  }
};

inline void KeepStructSchemas(const sluice_value& value, std::vector<SchemaRef>& kept) {
  if (value.kind == SLUICE_STRUCT) {
    kept.emplace_back(value.as.structure->schema);
    for (uint32_t i = 0; i < value.size; ++i) {
      KeepStructSchemas(value.as.structure->values[i], kept);
    }
  } else if (value.kind == SLUICE_ARRAY) {
    for (uint32_t i = 0; i < value.size; ++i) KeepStructSchemas(value.as.items[i], kept);
  } else if (value.kind == SLUICE_MAP) {
    for (uint32_t i = 0; i < value.size; ++i) {
      KeepStructSchemas(value.as.entries[i].key, kept);
      KeepStructSchemas(value.as.entries[i].value, kept);
    }
  }
}

}  // namespace internal

inline SchemaRef SchemaBuilder::Build() const {
  auto* owned = new internal::OwnedSchema;
  sluice_schema& schema = owned->schema;
  Arena& arena = owned->arena;
  schema.struct_size = sizeof(sluice_schema);
  schema.type = type_;
  schema.optional = optional_;
  schema.has_version = version_.has_value();
  schema.version = version_.value_or(0);
  schema.name = name_ ? Str(arena.Copy(*name_)) : kNoStr;
  schema.doc = doc_ ? Str(arena.Copy(*doc_)) : kNoStr;
  if (default_) {
    schema.default_value = arena.New(CopyValue(arena, *default_));
    internal::KeepStructSchemas(*schema.default_value, owned->inner);
  }
  if (!parameters_.empty()) {
    auto* list = arena.NewArray<sluice_key_value>(parameters_.size());
    for (size_t i = 0; i < parameters_.size(); ++i) {
      list[i] = {Str(arena.Copy(parameters_[i].first)), Str(arena.Copy(parameters_[i].second))};
    }
    schema.parameters = list;
    schema.parameter_count = static_cast<uint32_t>(parameters_.size());
  }
  if (!fields_.empty()) {
    auto* list = arena.NewArray<sluice_field>(fields_.size());
    for (size_t i = 0; i < fields_.size(); ++i) {
      owned->inner.push_back(fields_[i].second);
      list[i] = {Str(arena.Copy(fields_[i].first)), fields_[i].second.get()};
    }
    schema.fields = list;
    schema.field_count = static_cast<uint32_t>(fields_.size());
  }
  for (const SchemaRef* inner : {&key_, &value_}) {
    if (*inner) owned->inner.push_back(*inner);
  }
  schema.key_schema = key_.get();
  schema.value_schema = value_.get();
  schema.retain = &internal::OwnedSchema::Retain;
  schema.release = &internal::OwnedSchema::Release;
  schema.fingerprint = Fingerprint(schema);
  return SchemaRef::Adopt(&schema);
}

inline SchemaBuilder SchemaBuilder::Like(const sluice_schema& like) {
  SchemaBuilder builder(like.type);
  builder.Optional(like.optional);
  if (like.has_version) builder.Version(like.version);
  if (like.name.data != nullptr) builder.Name(View(like.name));
  if (like.doc.data != nullptr) builder.Doc(View(like.doc));
  for (uint32_t i = 0; i < like.parameter_count; ++i) {
    builder.Parameter(View(like.parameters[i].key), View(like.parameters[i].value));
  }
  if (like.default_value != nullptr) builder.Default(*like.default_value);
  for (uint32_t i = 0; i < like.field_count; ++i) {
    builder.Field(View(like.fields[i].name), SchemaRef(like.fields[i].schema));
  }
  builder.Key(SchemaRef(like.key_schema));
  builder.Value(SchemaRef(like.value_schema));
  return builder;
}

}  // namespace sluice::abi

#endif  // SLUICE_RUNTIME_ABI_SCHEMA_H_

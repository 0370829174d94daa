// What a format has made of the texts of the last few schemas, or why it could not: a schema is
// parsed once for all that is asked of it, however many records name it. One thread.
#ifndef SLUICE_RUNTIME_CONVERT_PARSED_SCHEMAS_H_
#define SLUICE_RUNTIME_CONVERT_PARSED_SCHEMAS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/lru_cache.h"
#include "runtime/base/status.h"
#include "runtime/convert/registry_format.h"

namespace sluice::convert {

template <typename Document>
class ParsedSchemas {
 public:
  using Answer = StatusOr<std::shared_ptr<const Document>>;

  // `parse`: makes an Answer of the schema, and of nothing else.
  template <typename Parse>
  Answer Get(const ResolvedSchema& schema, const Parse& parse) {
    key_.clear();
    Add(schema.schema.type);
    Add(schema.schema.text);
    for (const ResolvedSchema::Dependency& one : schema.dependencies) {
      Add(one.name);
      Add(one.text);
    }
    if (const Answer* known = answers_.Find(key_)) return *known;
    return *answers_.Put(key_, parse(schema));
  }

 private:
  static constexpr size_t kRemembered = 8;

  void Add(std::string_view text) {
    const size_t size = text.size();
    key_.append(reinterpret_cast<const char*>(&size), sizeof size);
    key_.append(text);
  }

  LruCache<Answer> answers_{kRemembered};
  std::string key_;
};

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_PARSED_SCHEMAS_H_

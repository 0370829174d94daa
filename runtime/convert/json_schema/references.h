// Where a $ref of a JSON schema leads: into the schema itself, by pointer or by id, or into one of
// the schemas that the registry says it refers to. Nothing is fetched. For loader.cc; one thread.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_REFERENCES_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_REFERENCES_H_

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/convert/json_schema/schema.h"

namespace sluice::convert::json_schema {

// `reference` as it is meant at `base`: RFC 3986 for what names of schemas are.
std::string ResolveUri(std::string_view base, std::string_view reference);

// A text of JSON with one schema at its root.
struct Source {
  const Node* root = nullptr;
  std::string uri;
  Draft draft = Draft::k7;

  std::string_view IdKeyword() const { return draft == Draft::k4 ? "id" : "$id"; }
  bool IsModern() const { return draft >= Draft::k2019; }
};
// What `schema`, which stands below `base`, calls itself: its id, absolute. Nothing if it has none,
// or one that is far too long for a name: those would be copied for each schema below.
std::optional<std::string> IdOf(const Node& schema, const Source& source, std::string_view base);
// Where a schema stands: what its $refs are relative to.
struct Scope {
  const Source* source = nullptr;
  std::string base;
};

class References {
 public:
  // Both live as long as this. The root's `uri` comes from its id.
  const Source& AddRoot(const Node& root, Draft draft);
  // `name`: as $ref calls it.
  void AddDependency(std::string_view name, const Node& root, Draft draft);

  struct Place {
    const Node* node;
    Scope scope;
  };
  // SerializationException: it leads nowhere.
  StatusOr<Place> Find(const Scope& scope, std::string_view reference) const;

 private:
  void CollectIds(const Source& source, const Node& node, const std::string& base, int depth);
  const Source* SourceAt(std::string_view uri) const;

  std::deque<Source> sources_;  // the root first
  std::map<std::string, const Source*, std::less<>> by_uri_;
  std::map<std::string, Place, std::less<>> by_id_;
};

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_REFERENCES_H_

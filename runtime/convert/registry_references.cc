#include "runtime/convert/registry_references.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/text.h"

namespace sluice::convert {
namespace {

using schema_registry::Reference;
using schema_registry::Registered;
using schema_registry::Schema;

constexpr int kReferencesMax = 1000;
constexpr std::string_view kSerializationException =
    "org.apache.kafka.common.errors.SerializationException";

// ":.name:" of a subject that is in a context other than the registry's default one.
std::string_view ContextOf(std::string_view subject) {
  if (!subject.starts_with(":.")) return {};
  const size_t end = subject.find(':', 1);
  return end == std::string_view::npos ? std::string_view() : subject.substr(0, end + 1);
}

class Resolver {
 public:
  Resolver(schema_registry::Client& client, Waiter* waiter) : client_(client), waiter_(waiter) {}

  Status Add(const Schema& schema, const std::string& subject, ResolvedSchema& resolved) {
    for (const Reference& reference : schema.references) {
      const bool known = std::any_of(
          resolved.dependencies.begin(), resolved.dependencies.end(),
          [&](const ResolvedSchema::Dependency& one) { return one.name == reference.name; });
      if (known) continue;
      const std::string of = reference.subject.starts_with(":.")
                                 ? reference.subject
                                 : StrCat(ContextOf(subject), reference.subject);
      const std::string what = StrCat(of, " version ", reference.version);
      if (++count_ > kReferencesMax || std::find(path_.begin(), path_.end(), what) != path_.end()) {
        return ExceptionError(absl::StatusCode::kInvalidArgument, kSerializationException,
                              StrCat("The references of a schema are a circle, or more than ",
                                     kReferencesMax, ": ", what));
      }
      SLUICE_ASSIGN_OR_RETURN(const auto found, client_.Version(of, reference.version, waiter_));
      path_.push_back(what);
      SLUICE_RETURN_IF_ERROR(Add(found->schema, of, resolved));
      path_.pop_back();
      resolved.dependencies.push_back({reference.name, found->schema.text});
    }
    return OkStatus();
  }

 private:
  schema_registry::Client& client_;
  Waiter* const waiter_;
  std::vector<std::string> path_;  // from the schema to what is looked at
  int count_ = 0;
};

}  // namespace

StatusOr<ResolvedSchema> ResolveReferences(const Registered& given, schema_registry::Client& client,
                                           Waiter* waiter) {
  ResolvedSchema resolved{.schema = given.schema};
  SLUICE_RETURN_IF_ERROR(Resolver(client, waiter).Add(given.schema, given.subject, resolved));
  return resolved;
}

}  // namespace sluice::convert

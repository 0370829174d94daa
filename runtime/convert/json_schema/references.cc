#include "runtime/convert/json_schema/references.h"

#include <charconv>
#include <utility>
#include <vector>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"

namespace sluice::convert::json_schema {
namespace {

constexpr int kIdDepthMax = 1000;
constexpr size_t kUriMax = 1000;  // longer ones are no names

std::string_view WithoutFragment(std::string_view uri) { return uri.substr(0, uri.find('#')); }
std::string_view FragmentOf(std::string_view uri) {
  const size_t at = uri.find('#');
  return at == std::string_view::npos ? std::string_view() : uri.substr(at + 1);
}

// The length of "scheme:", or 0.
size_t SchemeSize(std::string_view uri) {
  for (size_t i = 0; i < uri.size(); ++i) {
    const char c = uri[i];
    if (c == ':') return i == 0 ? 0 : i + 1;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))) break;
  }
  return 0;
}

// Takes out "." and "..".
std::string RemoveDots(std::string_view path) {
  std::vector<std::string_view> kept;
  const std::vector<std::string_view> parts = Split(path, '/');
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    if (parts[i] == "..") {
      if (!kept.empty() && !kept.back().empty()) kept.pop_back();
    } else if (parts[i] != ".") {
      kept.push_back(parts[i]);
      continue;
    }
    if (last) kept.push_back("");
  }
  return StrJoin(kept, "/");
}

std::string DecodePercent(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, code, 16).ptr ==
            text.data() + i + 3) {
      out.push_back(static_cast<char>(code));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string Unescape(std::string_view token) {
  std::string out;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1')) {
      out.push_back(token[++i] == '0' ? '~' : '/');
    } else {
      out.push_back(token[i]);
    }
  }
  return out;
}

// What of `node` a pointer's token names.
const Node* Step(const Node& node, std::string_view token) {
  if (node.kind == SLUICE_MAP) return abi::Find(node, token);
  if (node.kind != SLUICE_ARRAY) return nullptr;
  const auto index = ParseInt64(token);
  if (!index || *index < 0 || *index >= static_cast<int64_t>(node.size)) return nullptr;
  return &node.as.items[*index];
}

}  // namespace

std::string ResolveUri(std::string_view base, std::string_view reference) {
  if (base.empty() || SchemeSize(reference) > 0) return std::string(reference);
  if (reference.empty() || reference[0] == '#') {
    return StrCat(WithoutFragment(base), reference);
  }
  base = WithoutFragment(base);
  const size_t scheme = SchemeSize(base);
  size_t path = scheme;  // where it begins
  if (base.substr(scheme, 2) == "//") path = std::min(base.find('/', scheme + 2), base.size());
  const std::string_view fragment_and_more = reference.substr(WithoutFragment(reference).size());
  reference = WithoutFragment(reference);
  if (reference.substr(0, 2) == "//") {
    return StrCat(base.substr(0, scheme), reference, fragment_and_more);
  }
  const std::string_view head = base.substr(0, path);
  if (reference[0] == '/') return StrCat(head, RemoveDots(reference), fragment_and_more);
  const std::string_view base_path = base.substr(path);
  const size_t slash = base_path.rfind('/');
  const std::string_view folder =
      slash == std::string_view::npos ? std::string_view() : base_path.substr(0, slash + 1);
  return StrCat(head, folder.empty() && path > scheme ? "/" : "",
                RemoveDots(StrCat(folder, reference)), fragment_and_more);
}

std::optional<std::string> IdOf(const Node& schema, const Source& source, std::string_view base) {
  const Node* id = abi::Find(schema, source.IdKeyword());
  if (id == nullptr || id->kind != SLUICE_STRING || abi::Text(*id).size() > kUriMax) return {};
  std::string uri = ResolveUri(base, abi::Text(*id));
  if (uri.size() > kUriMax) return {};
  return uri;
}

const Source& References::AddRoot(const Node& root, Draft draft) {
  Source& source = sources_.emplace_back(Source{.root = &root, .uri = {}, .draft = draft});
  if (const auto id = IdOf(root, source, "")) source.uri = std::string(WithoutFragment(*id));
  by_uri_.emplace(source.uri, &source);
  CollectIds(source, root, "", 0);
  return source;
}

void References::AddDependency(std::string_view name, const Node& root, Draft draft) {
  const std::string_view base = sources_.front().uri;
  const std::string uri = ResolveUri(base, name);
  Source& source = sources_.emplace_back(
      Source{.root = &root, .uri = uri.size() > kUriMax ? "" : uri, .draft = draft});
  for (const std::string& each : {uri, std::string(name), ResolveUri(base, StrCat("./", name))}) {
    by_uri_.emplace(each, &source);
  }
  CollectIds(source, root, source.uri, 0);
}

void References::CollectIds(const Source& source, const Node& node, const std::string& base,
                            int depth) {
  if (depth > kIdDepthMax) return;
  if (node.kind == SLUICE_ARRAY) {
    for (uint32_t i = 0; i < node.size; ++i) {
      CollectIds(source, node.as.items[i], base, depth + 1);
    }
    return;
  }
  if (node.kind != SLUICE_MAP) return;
  std::optional<std::string> id = IdOf(node, source, base);
  const std::string_view whole = id ? *id : base;
  const auto add = [&](std::string uri) {
    by_id_.emplace(std::move(uri), Place{&node, {&source, std::string(WithoutFragment(whole))}});
  };
  if (id) add(*id);
  // Schemas out of Connect schemas have ids by the name that draft 4 has for them.
  if (const Node* older = source.IsModern() ? nullptr : abi::Find(node, "id");
      older != nullptr && older->kind == SLUICE_STRING) {
    add(ResolveUri(whole, abi::Text(*older)));
  }
  for (const char* keyword : {"$anchor", "$dynamicAnchor"}) {
    const Node* anchor = source.IsModern() ? abi::Find(node, keyword) : nullptr;
    if (anchor != nullptr && anchor->kind == SLUICE_STRING) {
      add(StrCat(WithoutFragment(whole), "#", abi::Text(*anchor)));
    }
  }
  // What has no id is relative to what is above it: its name is not copied.
  if (id) id->resize(WithoutFragment(*id).size());
  for (uint32_t i = 0; i < node.size; ++i) {
    CollectIds(source, node.as.entries[i].value, id ? *id : base, depth + 1);
  }
}

const Source* References::SourceAt(std::string_view uri) const {
  const auto found = by_uri_.find(uri);
  return found == by_uri_.end() ? nullptr : found->second;
}

StatusOr<References::Place> References::Find(const Scope& scope, std::string_view reference) const {
  const std::string absolute = ResolveUri(scope.base, reference);
  if (const auto found = by_id_.find(absolute); found != by_id_.end()) return found->second;
  const Node* from = nullptr;
  Scope target;
  const std::string_view uri = WithoutFragment(absolute);
  if (reference.empty() || reference[0] == '#') {
    from = scope.source->root;
    target = {scope.source, scope.source->uri};
  } else if (const auto by_id = by_id_.find(uri); by_id != by_id_.end()) {
    from = by_id->second.node;
    target = by_id->second.scope;
  } else {
    const Source* source = SourceAt(uri);
    if (source == nullptr) source = SourceAt(WithoutFragment(reference));
    if (source != nullptr) {
      from = source->root;
      target = {source, source->uri};
    }
  }
  if (from == nullptr) {
    return ExceptionError(absl::StatusCode::kInvalidArgument, kSerializationException,
                          StrCat("The JSON schema's $ref ", reference,
                                 " is not among its references in the "
                                 "registry; schemas from elsewhere are not fetched"));
  }
  const std::string fragment = DecodePercent(FragmentOf(absolute));
  const Node* node = from;
  if (!fragment.empty()) {
    const std::vector<std::string_view> tokens = Split(fragment, '/');
    // An anchor that is nowhere is the whole to Java's library, before the later dialects.
    if (!tokens[0].empty() && target.source->IsModern()) node = nullptr;
    for (size_t i = 1; node != nullptr && i < tokens.size(); ++i) {
      const std::string token = Unescape(tokens[i]);
      const Node* next = Step(*node, token);
      // What older drafts put into definitions is found under its new name, too.
      if (i == 2 && next == nullptr && tokens[1] == "$defs") {
        const Node* older = abi::Find(*from, "definitions");
        next = older == nullptr ? nullptr : Step(*older, token);
      } else if (i == 1 && next == nullptr && token == "$defs") {
        next = abi::Find(*from, "definitions");
      }
      node = next;
    }
  }
  if (node == nullptr) {
    return ExceptionError(absl::StatusCode::kInvalidArgument, kSerializationException,
                          StrCat("The JSON schema's $ref ", reference, " leads nowhere"));
  }
  return Place{node, target};
}

}  // namespace sluice::convert::json_schema

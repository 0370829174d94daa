#include "runtime/plugin/call.h"

#include <algorithm>
#include <cstring>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"

namespace sluice::plugin {
namespace {

constexpr std::string_view kUnsupported = "java.lang.UnsupportedOperationException";

std::string Bounded(const char* text, size_t size, size_t max) {
  return ReplaceInvalidUtf8({text, std::min(size, max)});
}

// Letters, digits, dots, underscores and dollars, as a Java class name; anything else is not taken
// over.
bool IsClassName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '$';
  });
}

struct CodeMeaning {
  absl::StatusCode status;
  std::string_view java_class;
};

CodeMeaning Meaning(sluice_code code) {
  switch (code) {
    case SLUICE_RETRY:
      return {absl::StatusCode::kUnavailable, kRetriableException};
    case SLUICE_BAD_RECORD:
      return {absl::StatusCode::kInvalidArgument, kDataException};
    case SLUICE_CONFIG:
      return {absl::StatusCode::kInvalidArgument, kConfigException};
    case SLUICE_UNSUPPORTED:
      return {absl::StatusCode::kUnimplemented, kUnsupported};
    default:
      return {absl::StatusCode::kInternal, kConnectException};
  }
}

uint32_t Put(char* place, size_t capacity, std::string_view text) {
  size_t size = std::min(capacity, text.size());
  while (size > 0 && size < text.size() && (static_cast<uint8_t>(text[size]) & 0xC0) == 0x80) {
    --size;
  }
  std::memcpy(place, text.data(), size);
  return static_cast<uint32_t>(size);
}

}  // namespace

std::string Callee::At(std::string_view call) const {
  return StrCat("plugin class ", class_name, " ", version, " (", file, "): ", call);
}

Status Callee::Broken(std::string_view call, std::string_view how) const {
  return ConnectError(StrCat("The ", At(call), " ", how));
}

Status ErrorToStatus(sluice_code code, const sluice_error& error) {
  const CodeMeaning meaning = Meaning(code);
  const std::string type = Bounded(error.type, error.type_size, sizeof error.type);
  return ExceptionError(meaning.status, IsClassName(type) ? type : std::string(meaning.java_class),
                        Bounded(error.text, error.text_size, sizeof error.text));
}

Status Callee::ToStatus(std::string_view call, sluice_code code, const sluice_error& error) const {
  if (code < SLUICE_OK || code > SLUICE_FINISHED) {
    return Broken(call, StrCat("answered ", code, ", which is no sluice_code (0 to 6)"));
  }
  Status status = ErrorToStatus(code, error);
  if (Message(status).empty()) {
    const std::string java_class = ExceptionClass(status);
    status =
        ExceptionError(status.code(), java_class,
                       StrCat("The ", At(call), " failed (code ", code, ") and did not say why"));
  }
  std::string frames = StrCat("\tat ", class_name, ".", call, "(", file, ":", version, ")");
  const std::string trace = Bounded(error.trace, error.trace_size, sizeof error.trace);
  if (!trace.empty()) StrAppend(frames, "\n", trace);
  return WithFrames(std::move(status), frames);
}

sluice_code FillError(const Status& status, sluice_error* error) {
  if (status.ok()) return SLUICE_OK;
  sluice_code code = SLUICE_FAILED;
  if (IsRetriable(status)) code = SLUICE_RETRY;
  if (status.code() == absl::StatusCode::kUnimplemented) code = SLUICE_UNSUPPORTED;
  if (ExceptionClass(status) == kConfigException) code = SLUICE_CONFIG;
  if (error == nullptr || error->struct_size < sizeof(sluice_error)) return code;
  error->code = code;
  error->type_size = Put(error->type, sizeof error->type, ExceptionClass(status));
  error->text_size = Put(error->text, sizeof error->text, Message(status));
  error->trace_size = 0;
  return code;
}

std::string SafeText(sluice_str text, size_t max) {
  if (text.data == nullptr) return "";
  return ReplaceInvalidUtf8({text.data, std::min(text.size, max)});
}

ConfigView::ConfigView(const config::ConfigMap& map) {
  entries_.reserve(map.size());
  for (const auto& [key, value] : map) entries_.push_back({abi::Str(key), abi::Str(value)});
}

}  // namespace sluice::plugin

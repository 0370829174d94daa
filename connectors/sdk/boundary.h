// Where calls enter and leave a plugin: exceptions become codes and errors here, and nowhere else.
// For the SDK itself.
#ifndef SLUICE_CONNECTORS_SDK_BOUNDARY_H_
#define SLUICE_CONNECTORS_SDK_BOUNDARY_H_

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <typeinfo>

#include <cxxabi.h>

#include "connectors/sdk/errors.h"

namespace sluice::sdk::internal {

// At most `capacity` bytes of `text`, cut at a character's border.
inline uint32_t PutText(char* place, size_t capacity, std::string_view text) {
  size_t size = std::min(capacity, text.size());
  while (size > 0 && size < text.size() && (static_cast<uint8_t>(text[size]) & 0xC0) == 0x80) {
    --size;
  }
  std::memcpy(place, text.data(), size);
  return static_cast<uint32_t>(size);
}

inline sluice_code PutError(sluice_error* error, sluice_code code, std::string_view java_class,
                            std::string_view text, std::string_view trace = "") noexcept {
  if (error == nullptr) return code;
  error->code = code;
  error->type_size = PutText(error->type, sizeof error->type, java_class);
  error->text_size = PutText(error->text, sizeof error->text, text);
  error->trace_size = PutText(error->trace, sizeof error->trace, trace);
  return code;
}

inline std::string TypeName(const std::type_info& type) {
  int status = 0;
  std::unique_ptr<char, void (*)(void*)> name(
      ::abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
  return name == nullptr ? type.name() : name.get();
}

// "Caused by: ..." for each exception nested in this one.
inline std::string Causes(const std::exception& error, int depth = 0) noexcept try {
  if (depth > 20) return "";
  try {
    std::rethrow_if_nested(error);
  } catch (const std::exception& cause) {
    const auto* ours = dynamic_cast<const ConnectException*>(&cause);
    return Cat("Caused by: ", ours != nullptr ? ours->java_class() : TypeName(typeid(cause)), ": ",
               cause.what(), "\n", Causes(cause, depth + 1));
  } catch (...) {
    return "Caused by: an exception that is no std::exception\n";
  }
  return "";
} catch (...) {
  return "";
}

// Inside a catch block: writes what was thrown into `error`, answers its code.
inline sluice_code PutCurrentException(sluice_error* error) noexcept {
  constexpr std::string_view kConnect = "org.apache.kafka.connect.errors.ConnectException";
  try {
    throw;
  } catch (const ConnectException& known) {
    return PutError(error, known.code(), known.java_class(), known.what(), Causes(known));
  } catch (const std::bad_alloc&) {
    return PutError(error, SLUICE_FAILED, "java.lang.OutOfMemoryError", "out of memory");
  } catch (const std::exception& other) {
    try {
      return PutError(error, SLUICE_FAILED, kConnect,
                      Cat(TypeName(typeid(other)), ": ", other.what()), Causes(other));
    } catch (...) {
      return PutError(error, SLUICE_FAILED, kConnect, other.what());
    }
  } catch (...) {
    return PutError(error, SLUICE_FAILED, kConnect,
                    "something was thrown that is no std::exception");
  }
}

// Runs `body`, which answers a sluice_code; whatever it throws becomes the answer.
template <typename Body>
sluice_code Guard(sluice_error* error, Body&& body) noexcept {
  try {
    return body();
  } catch (...) {
    return PutCurrentException(error);
  }
}

// The other way round: an answer of the host becomes an exception.
inline void ThrowIfFailed(sluice_code code, const sluice_error& error, std::string_view call) {
  if (code == SLUICE_OK) return;
  const std::string text = Cat(call, ": ", std::string_view(error.text, error.text_size));
  if (code == SLUICE_RETRY) throw RetriableException(text);
  if (code == SLUICE_CONFIG) throw ConfigException(text);
  if (code == SLUICE_UNSUPPORTED) throw UnsupportedException(text);
  throw ConnectException(text);
}
inline sluice_error* Prepare(sluice_error& error) {
  error.struct_size = sizeof error;
  error.type_size = error.text_size = error.trace_size = 0;
  return &error;
}

}  // namespace sluice::sdk::internal

#endif  // SLUICE_CONNECTORS_SDK_BOUNDARY_H_

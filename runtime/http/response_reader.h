// Makes one HTTP/1.1 answer of the pieces in which it arrives. For client.cc. One thread.
#ifndef SLUICE_RUNTIME_HTTP_RESPONSE_READER_H_
#define SLUICE_RUNTIME_HTTP_RESPONSE_READER_H_

#include <memory>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/http/client.h"

namespace sluice::http {

class ResponseReader {
 public:
  explicit ResponseReader(size_t body_bytes_max);
  ~ResponseReader();

  // Errors (RetriableException): no HTTP, a body that is too long; nothing more can be read then.
  Status Read(std::string_view piece);
  // The connection has ended. Error (RetriableException): it is cut off.
  Status End();
  bool done() const;
  Response Take();  // once done

 private:
  struct Parser;
  const std::unique_ptr<Parser> parser_;
};

}  // namespace sluice::http

#endif  // SLUICE_RUNTIME_HTTP_RESPONSE_READER_H_

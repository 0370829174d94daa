// Sends requests, several at a time, and hands back what became of them. A client belongs to one
// thread, but for Wake. Tests put a FakeClient (fake_client.h) in its place; the real one is
// curl_client.h.
//
//   client.Send(7, request);                                  // at most slots() are under way
//   while (auto done = client.Next(milliseconds(100))) { ... done->id, done->outcome }
#ifndef SLUICE_CONNECTORS_HTTP_CLIENT_H_
#define SLUICE_CONNECTORS_HTTP_CLIENT_H_

#include <chrono>
#include <cstdint>
#include <optional>

#include "connectors/http/message.h"

namespace sluice::http {

class Client {
 public:
  struct Done {
    uint64_t id = 0;
    Outcome outcome;
  };
  virtual ~Client() = default;

  // How many requests may be under way at once, and how many are.
  virtual size_t slots() const = 0;
  virtual size_t under_way() const = 0;
  // Begins a request; there must be a slot. `id` comes back with its outcome.
  virtual void Send(uint64_t id, Request request) = 0;
  // What has come to an end, waiting for it up to `wait`. Nothing: the time is over, or nothing is
  // under way, or Wake was called.
  virtual std::optional<Done> Next(std::chrono::milliseconds wait) = 0;
  // Drops what is under way; its outcome is not told. Connections stay open where they can.
  virtual void Cancel() = 0;
  // Any thread: ends the Next that waits, or else the next one.
  virtual void Wake() = 0;
};

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_CLIENT_H_

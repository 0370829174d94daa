// How resources turn the herder's callbacks into replies. Internal to rest_api; any thread.
#ifndef SLUICE_REST_API_ANSWER_H_
#define SLUICE_REST_API_ANSWER_H_

#include <functional>
#include <utility>

#include "rest_api/message.h"
#include "runtime/base/status.h"
#include "runtime/herder/herder.h"

namespace sluice::rest_api {

inline void ReplyWith(const Reply& reply, Response response) {
  reply([response = std::move(response)] { return response; });
}

// A callback that replies with what `make` makes of the value, or with the error.
template <typename T, typename Make>
herder::Callback<T> Answer(Reply reply, Make make) {
  return [reply = std::move(reply), make = std::move(make)](StatusOr<T> result) {
    reply([make, result = std::move(result)] {
      return result.ok() ? make(*result) : ErrorResponse(result.status());
    });
  };
}

// The same for calls that answer nothing: `status` and no body.
inline herder::Done AnswerDone(Reply reply, int status) {
  return [reply = std::move(reply), status](Status result) {
    ReplyWith(reply, result.ok() ? EmptyResponse(status) : ErrorResponse(result));
  };
}

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_ANSWER_H_

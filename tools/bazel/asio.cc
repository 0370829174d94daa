// Asio and Beast compiled once (BOOST_ASIO_SEPARATE_COMPILATION) instead of in every file.

#include <utility>  // boost/asio/awaitable.hpp forgets it

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>

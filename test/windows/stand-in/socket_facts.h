// Looking at what the caller passed: its socket, its list, its buffers.

#ifndef CONNECT_BY_LIST_STAND_IN_SOCKET_FACTS_H_
#define CONNECT_BY_LIST_STAND_IN_SOCKET_FACTS_H_

#include <optional>
#include <string>

#include "call_record.h"
#include "winsock_headers.h"

namespace stand_in {

// The arguments of one call, in Microsoft's order and types. Borrowed from the caller, who keeps
// all of them alive until the call returns.
struct Arguments {
  SOCKET socket;
  const SOCKET_ADDRESS_LIST* list;
  DWORD* local_length;
  sockaddr* local;
  DWORD* remote_length;
  sockaddr* remote;
  const timeval* timeout;
  const void* reserved;
};

struct Examined {
  CallFacts facts;
  bool is_socket = false;
  bool connected = false;
};

// Reads everything that a record shows, without changing anything.
Examined Examine(const Arguments& arguments);

struct Refusal {
  int error;
  std::string why;
};

// Why this call has to fail before any attempt is made, if it has to.
std::optional<Refusal> FindFault(const Arguments& arguments, const Examined& examined);

// The same for one address that connect() alone does not judge as Windows does; 0 if it is fine.
int FaultOfAddress(const sockaddr* address);

// One entry of the list as the record shows it.
Entry Describe(const SOCKET_ADDRESS& entry);

}  // namespace stand_in

#endif  // CONNECT_BY_LIST_STAND_IN_SOCKET_FACTS_H_

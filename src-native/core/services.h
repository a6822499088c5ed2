// The system's database of services: /etc/services or its equivalent on POSIX,
// %WINDIR%\system32\drivers\etc\services on Windows. Implemented in posix/*/services.cc and
// winsock/services.cc.

#ifndef CONNECT_BY_LIST_CORE_SERVICES_H_
#define CONNECT_BY_LIST_CORE_SERVICES_H_

#include <string>

namespace connect_by_list {

// The port that the service of this name or alias has for TCP; -1 when the database does not know
// it, or is not there. The name has no NUL in it. It may read a file, and can be called on any
// thread.
int service_port(const std::string& name);

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_CORE_SERVICES_H_

// A second export directory for a module that is already loaded.
//
// GetProcAddress, and the loader when it binds the imports of a module loaded later, find a
// module's export directory through its headers in memory, every time anew. So whoever changes that
// one entry of the headers decides what the module exports. The new directory holds everything that
// the old one did, with some names added or led elsewhere.

#ifndef CONNECT_BY_LIST_STAND_IN_EXPORT_DIRECTORY_H_
#define CONNECT_BY_LIST_STAND_IN_EXPORT_DIRECTORY_H_

#include <cstdint>
#include <vector>

#include "winsock_headers.h"

namespace stand_in {

// A name that a module shall export, and the function behind it.
struct Export {
  const char* name;
  const void* function;
};

class ExportDirectory {
 public:
  // Builds the new directory without putting it in. Names that the module exports already are led
  // to the new functions, under their ordinals too; the others are added. False when the module's
  // headers are not what they should be, or when there is no memory near it.
  bool Build(HMODULE module, const std::vector<Export>& exports);

  // Change which directory the module has. Both may be called in either state, from any thread, but
  // only from one at a time: the caller holds the lock. A reader on another thread sees one
  // directory or the other, never a mixture.
  bool PutIn();
  bool TakeOut();

 private:
  struct Tables;

  bool Write(const Tables& tables);
  bool Store(const IMAGE_DATA_DIRECTORY& value);

  HMODULE module_ = nullptr;
  // In the module's headers: where its export directory is said to be.
  IMAGE_DATA_DIRECTORY* header_ = nullptr;
  IMAGE_DATA_DIRECTORY old_ = {};
  IMAGE_DATA_DIRECTORY new_ = {};
};

}  // namespace stand_in

#endif  // CONNECT_BY_LIST_STAND_IN_EXPORT_DIRECTORY_H_

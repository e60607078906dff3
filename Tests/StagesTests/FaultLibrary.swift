import Foundation
import TestSupport

/// A library loaded before all others that makes FFmpeg fail at files by their names, as bad files do: `crash` by a
/// segmentation fault, `hang` for ever, `eat` by taking 600 MiB of memory.
enum FaultLibrary {
  private static let source = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <fcntl.h>
    #include <stdarg.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    static void look(const char *path, void *caller) {
      Dl_info from;
      if (!path || !strstr(path, "/data/") || !dladdr(caller, &from) || !strstr(from.dli_fname, "libav")) return;
      if (strstr(path, "crash")) *(volatile int *)0 = 0;
      if (strstr(path, "eat")) memset(malloc(600 << 20), 1, 600 << 20);
      while (strstr(path, "hang") || strstr(path, "eat")) pause();
    }
    #define OPEN(name)                                                        \\
      int name(const char *path, int flags, ...) {                            \\
        va_list list; va_start(list, flags); mode_t mode = va_arg(list, int); va_end(list); \\
        look(path, __builtin_return_address(0));                              \\
        return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); \\
      }
    OPEN(open)
    OPEN(open64)
    """

  /// Environment that loads the library, or `nil` where there is no C compiler.
  static func environment(in folder: URL) throws -> [String: String]? {
    let file = folder.appending(path: "faults.c")
    let library = folder.appending(path: "faults.so").path(percentEncoded: false)
    try Data(source.utf8).write(to: file)
    let arguments = ["-shared", "-fPIC", "-o", library, file.path(percentEncoded: false), "-ldl"]
    guard let made = try? runProcess("cc", arguments), made.status == 0 else { return nil }
    return ["LD_PRELOAD": library]
  }
}

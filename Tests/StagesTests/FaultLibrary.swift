import Foundation
import TestSupport

/// A library loaded before all others that makes FFmpeg fail at files by their names, as bad files do: `crash` by a
/// segmentation fault, `hang` for ever, `eat` by taking 600 MiB of memory.
enum FaultLibrary {
  private static let source = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <fcntl.h>
    #include <signal.h>
    #include <stdarg.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    static char fault;
    static void look(const char *path) {
      if (!path || !strstr(path, "/data/")) return;
      fault = strstr(path, "crash") ? 'c' : strstr(path, "hang") ? 'h' : strstr(path, "eat") ? 'e' : 0;
    }
    #define OPEN(name)                                                        \\
      int name(const char *path, int flags, ...) {                            \\
        va_list list; va_start(list, flags); mode_t mode = va_arg(list, int); va_end(list); \\
        look(path);                                                           \\
        return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); \\
      }
    OPEN(open)
    OPEN(open64)
    int avformat_open_input(void **context, const char *url, const void *format, void **options) {
      if (fault == 'c') *(volatile int *)0 = 0;
      if (fault == 'e') memset(malloc(600 << 20), 1, 600 << 20);
      while (fault == 'h' || fault == 'e') pause();
      return ((int (*)(void **, const char *, const void *, void **))dlsym(RTLD_NEXT, "avformat_open_input"))(
        context, url, format, options);
    }
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

#if canImport(Glibc)
  private import Glibc
#endif

/// A shared library of this project, opened when first used and never closed.
///
/// The OpenCV and libtorch shims are such libraries: each exports one function that returns a table of functions. A
/// command that computes nothing therefore starts without loading either, and a machine without one of them does all
/// that does not need it. Nothing else belongs in this module.
package struct NativeLibrary: @unchecked Sendable {
  // Sendable: the handle is never closed nor changed, and dlsym may be called from any thread.
  private let handle: UnsafeMutableRawPointer
  /// The file that was opened.
  package let path: String

  /// Opens `lib<name>.so` beside the running executable, or in the folder that `DFPREP_LIBRARIES` names.
  ///
  /// - Throws: ``NativeLibraryError`` with the loader's own message and what to do about it.
  package init(named name: String) throws(NativeLibraryError) {
    let file = "lib\(name).so"
    var reasons: [String] = []
    for folder in Self.searchFolders() {
      let path = "\(folder)/\(file)"
      guard access(path, R_OK) == 0 else { continue }
      if let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) {
        self.handle = handle
        self.path = path
        return
      }
      reasons.append(dlerror().map { String(cString: $0) } ?? "\(path): unknown loader error")
    }
    throw NativeLibraryError(
      library: name,
      reason: reasons.isEmpty ? "\(file) is in none of \(Self.searchFolders())" : reasons.joined(separator: "; "))
  }

  /// Calls the exported function `symbol`, which takes nothing and returns a pointer to a table of functions.
  package func table<Table>(_ symbol: String, as type: Table.Type) throws(NativeLibraryError) -> UnsafePointer<Table> {
    guard let address = dlsym(handle, symbol) else {
      throw NativeLibraryError(library: path, reason: "it does not export \(symbol): built from other sources")
    }
    typealias Entry = @convention(c) () -> UnsafeRawPointer?
    guard let table = unsafeBitCast(address, to: Entry.self)() else {
      throw NativeLibraryError(library: path, reason: "\(symbol) returned no table")
    }
    return table.assumingMemoryBound(to: type)
  }

  /// Folders in the order they are tried: the named one, beside the executable, `../lib/dfprep` of an installation.
  private static func searchFolders() -> [String] {
    var folders: [String] = []
    if let named = getenv("DFPREP_LIBRARIES") { folders.append(String(cString: named)) }
    if let executable = realpath("/proc/self/exe", nil) {
      let path = String(cString: executable)
      free(executable)
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      folders += ["/\(folder)", "/\(folder)/../lib/dfprep"]
    }
    // Under `swift test` the executable is the toolchain's runner and the test bundle its argument.
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      folders.append(argument.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
    }
    return folders
  }
}

/// A native library that could not be loaded.
package struct NativeLibraryError: Error, CustomStringConvertible, Sendable {
  package let library: String
  package let reason: String

  package init(library: String, reason: String) {
    self.library = library
    self.reason = reason
  }

  package var description: String {
    "cannot load \(library): \(reason). `make deps` installs what it needs, `make build` builds it; `dfprep doctor` shows what is missing."
  }
}

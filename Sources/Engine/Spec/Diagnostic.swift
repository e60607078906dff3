/// One thing wrong with a file the user wrote, with its place.
package struct Diagnostic: Hashable, Sendable, Comparable, CustomStringConvertible {
  package var file: String
  /// From 1; 0 where the complaint is about the whole file or came from the command line.
  package var line: Int
  package var column: Int
  package var message: String
  /// The line of the file, to be shown with a caret under ``column``.
  package var sourceLine: String?

  package init(file: String, line: Int = 0, column: Int = 0, message: String, sourceLine: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.sourceLine = sourceLine
  }

  package var description: String {
    let place = line > 0 ? "\(file):\(line):\(column)" : file
    var text = "\(place): error: \(message)"
    if let sourceLine, line > 0 {
      text += "\n  \(sourceLine)\n  \(String(repeating: " ", count: max(0, column - 1)))^"
    }
    return text
  }

  package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
    (left.file, left.line, left.column, left.message) < (right.file, right.line, right.column, right.message)
  }
}

/// The exit codes of the command, as `docs/formats.md` lists them.
package enum ExitStatus: Int32, Sendable {
  case done = 0
  case failed = 1
  case tooManyFailures = 3
  case gateFailed = 4
  case usage = 64
  case missing = 69
  case notFinished = 75
  case badConfiguration = 78
  case interrupted = 130
  case terminated = 143
}

/// Why a command ends without having done its work: what failed and what to do about it.
package struct ToolError: Error, CustomStringConvertible, Sendable {
  package let status: ExitStatus
  package let message: String

  package init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  /// Everything wrong with the user's files, at once.
  package init(_ diagnostics: [Diagnostic]) {
    self.init(.badConfiguration, diagnostics.sorted().map(\.description).joined(separator: "\n"))
  }

  package var description: String { message }

  /// The exit status that an error of any module calls for.
  package static func status(of error: any Error) -> ExitStatus {
    if let error = error as? ToolError { return error.status }
    if let code = MachineFault.systemCode(of: error), MachineFault.isOne(code) { return .notFinished }
    return (error as? any MissingResourceError)?.isMissingResource == true ? .missing : .failed
  }
}

/// Errors that may mean that something has to be installed or fetched, whatever module they are from.
package protocol MissingResourceError: Error {
  var isMissingResource: Bool { get }
}

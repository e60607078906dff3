private import Foundation

/// Name of unfinished work, `.partial-<host>-<start of the machine>-<name space>-<process>-<its start>-<UUID>`: says whose it
/// is, so that others can tell whether it is still being worked on.
struct PartialName {
  let owner: ProcessIdentity
  let text: String

  /// A new name of this process.
  init() {
    owner = .current
    let fields = [
      Self.field(owner.host), Self.field(owner.boot), Self.field(owner.space), "\(owner.process)", "\(owner.started)",
    ]
    text = ".partial-\(fields.joined(separator: "-"))-\(UUID().uuidString)"
  }

  /// Reads a name; `nil` for one of another form.
  init?(_ name: String) {
    let fields = name.split(separator: "-", omittingEmptySubsequences: false)
    let own = ProcessIdentity.current
    guard fields.count > 6, let process = Int32(fields[4]), let started = UInt64(fields[5]) else { return nil }
    var owner = own
    owner.host = fields[1] == Self.field(own.host) ? own.host : String(fields[1])
    owner.boot = fields[2] == Self.field(own.boot) ? own.boot : String(fields[2])
    owner.space = fields[3] == Self.field(own.space) ? own.space : String(fields[3])
    (owner.process, owner.started) = (process, started)
    self.owner = owner
    text = name
  }

  /// Whether a name is one of unfinished work, of this form or an older one.
  static func isOne(_ name: String) -> Bool { name.hasPrefix(".partial-") }

  /// With nothing in it that ends a field, or a file's name.
  private static func field(_ text: String) -> String {
    String(text.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "_" })
  }
}

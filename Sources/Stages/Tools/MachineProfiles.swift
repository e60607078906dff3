internal import Engine
internal import Foundation
private import Records
private import TOMLKit

/// Profiles of machines: `machines.toml` beside the pipeline or above it, then `dfprep/machines.toml` in the user's
/// configuration folder.
///
/// A profile is taken whole from the first file that has it; two of one name are not mixed.
struct MachineProfiles {
  static let fileName = "machines.toml"

  struct Profile {
    var values: [MachineKey: String] = [:]
    var lists: [MachineKey: [String]] = [:]
  }

  private var files: [(path: String, profiles: [String: Profile])] = []

  /// - Throws: ``ToolError`` with everything wrong in the files, by file and line.
  init(near pipeline: URL?, environment: [String: String]) throws {
    let configuration =
      environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : URL(filePath: $0) }
      ?? environment["HOME"].map { URL(filePath: $0).appending(path: ".config") }
    let places = [
      Project.file(named: Self.fileName, near: pipeline),
      configuration?.appending(path: "dfprep/\(Self.fileName)"),
    ]
    for case let url? in places where FileSystem.exists(url) {
      let file = MachineFile(url: url)
      files.append((url.path(percentEncoded: false), try file.profiles()))
    }
  }

  /// The profile with a name; without one, the one called `default` where there is one.
  ///
  /// - Throws: ``ToolError`` with status 78 when it is in no file.
  func profile(named name: String?) throws -> Profile? {
    if let found = files.lazy.compactMap({ $0.profiles[name ?? "default"] }).first { return found }
    guard let name else { return nil }
    let names = Set(files.flatMap(\.profiles.keys)).sorted()
    let hint =
      nearestName(to: name, among: names).map { "; did you mean '\($0)'?" }
      ?? (names.isEmpty ? "" : "; there are \(names.joined(separator: ", "))")
    let places =
      files.isEmpty
      ? "there is no \(Self.fileName) beside the pipeline, above it, or in ~/.config/dfprep"
      : files.map(\.path).joined(separator: " and ") + " \(files.count == 1 ? "has" : "have") no such profile"
    throw ToolError(.badConfiguration, "no profile '\(name)': \(places)\(hint)")
  }
}

/// One file of profiles, a table each.
private struct MachineFile {
  let url: URL
  private var path: String { url.path(percentEncoded: false) }

  func profiles() throws -> [String: MachineProfiles.Profile] {
    let text: String
    do { text = try String(contentsOf: url, encoding: .utf8) } catch {
      throw ToolError(.badConfiguration, "\(path) cannot be read as UTF-8 text: \(error.localizedDescription)")
    }
    let root: TOMLTable
    do { root = try TOMLTable(string: text) } catch let error as TOMLParseError {
      let place = error.source.begin
      throw ToolError([
        Diagnostic(
          file: path, line: Int(place.line), column: Int(place.column), message: error.description)
      ])
    }
    var faults: [Diagnostic] = []
    var profiles: [String: MachineProfiles.Profile] = [:]
    for name in root.keys {
      guard let table = root[name]?.table else {
        faults.append(
          diagnostic(
            text, profile: nil, key: name, "'\(name)' stands outside a profile; write it below a line [default]"))
        continue
      }
      var profile = MachineProfiles.Profile()
      for word in table.keys {
        guard let value = table[word] else { continue }
        if let fault = take(value, named: word, into: &profile) {
          faults.append(diagnostic(text, profile: name, key: word, fault))
        }
      }
      profiles[name] = profile
    }
    guard faults.isEmpty else { throw ToolError(faults) }
    return profiles
  }

  /// - Returns: what is wrong.
  private func take(
    _ value: any TOMLValueConvertible, named word: String, into profile: inout MachineProfiles.Profile
  ) -> String? {
    let names = MachineKey.allCases.map(\.rawValue).sorted()
    guard let key = MachineKey(rawValue: word) else {
      return "unknown key '\(word)'"
        + (nearestName(to: word, among: names).map { "; did you mean '\($0)'?" }
          ?? "; there are \(names.joined(separator: ", "))")
    }
    if key.isList {
      let texts = value.array.map { $0.compactMap(\.string) }
      guard let texts, texts.count == value.array?.count else {
        return "'\(word)' is a list of texts: [\"...\", \"...\"]"
      }
      profile.lists[key] = texts
      return nil
    }
    guard let text = value.string ?? (key.isNumber ? value.int.map(String.init) : nil) else {
      return
        "'\(word)' is of type \(value.type); give \(key.isNumber ? "a whole number from 1 on" : "a text in quotes")"
    }
    if let fault = key.fault(text) { return "'\(word)' \(fault)" }
    profile.values[key] = key.isPath ? place(text) : text
    return nil
  }

  /// A path of the file: `~` is the user's folder, what is relative is so to the file.
  private func place(_ text: String) -> String {
    let expanded = (text as NSString).expandingTildeInPath
    return URL(filePath: expanded, relativeTo: url.deletingLastPathComponent()).standardizedFileURL
      .path(percentEncoded: false)
  }

  /// The line of a key; that of its profile, or none, where the file writes it in an unusual way.
  private func diagnostic(_ text: String, profile: String?, key: String, _ message: String) -> Diagnostic {
    var table: String?
    var tableLine: (number: Int, text: String)?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let header = line.prefixMatch(of: /\s*\[\s*["']?([^"'\]]+?)["']?\s*\]/) {
        table = String(header.1)
        if table == profile { tableLine = (index + 1, String(line)) }
      } else if table == profile, let found = line.prefixMatch(of: /\s*["']?([^"'=\s]+)["']?\s*=/), found.1 == key {
        let column = line.distance(from: line.startIndex, to: found.1.startIndex) + 1
        return Diagnostic(file: path, line: index + 1, column: column, message: message, sourceLine: String(line))
      }
    }
    return Diagnostic(
      file: path, line: tableLine?.number ?? 0, column: 1, message: message, sourceLine: tableLine?.text)
  }
}

import Foundation
import Records
import Tensors
import TestSupport
import Testing

@testable import Models

/// Zip archives, and files of torch.save as such, written byte by byte.
@Suite struct ZipArchiveTests {
  private static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// An archive with these entries, stored; `isWide` as torch writes it, with a second end of wider numbers.
  static func archive(
    _ entries: [(name: String, contents: [UInt8])], isWide: Bool = false, method: Int = 0, checksumChange: UInt32 = 0
  ) -> Data {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, contents) in entries {
      let sum = contents.withUnsafeBytes(CRC32.of) ^ checksumChange
      let name = Array(name.utf8)
      let common =
        bytes(0, 2) + bytes(method, 2) + bytes(0, 4) + bytes(Int(sum), 4) + bytes(contents.count, 4)
        + bytes(contents.count, 4) + bytes(name.count, 2)
      let extra = isWide ? bytes(1, 2) + bytes(8, 2) + bytes(file.count, 8) : []
      directory +=
        bytes(0x0201_4b50, 4) + bytes(20, 2) + bytes(20, 2) + common + bytes(extra.count, 2) + bytes(0, 10)
        + bytes(isWide ? 0xFFFF_FFFF : file.count, 4) + name + extra
      file += bytes(0x0403_4b50, 4) + bytes(20, 2) + common + bytes(3, 2) + name + [9, 9, 9] + contents
    }
    let start = file.count
    file += directory
    if isWide {
      let end = file.count
      file += bytes(0x0606_4b50, 4) + bytes(44, 8) + bytes(0, 12) + bytes(entries.count, 8) + bytes(entries.count, 8)
      file += bytes(directory.count, 8) + bytes(start, 8)
      file += bytes(0x0706_4b50, 4) + bytes(0, 4) + bytes(end, 8) + bytes(1, 4)
    }
    let (count, length, place) = isWide ? (0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF) : (entries.count, directory.count, start)
    file += bytes(0x0605_4b50, 4) + bytes(0, 4) + bytes(count, 2) + bytes(count, 2) + bytes(length, 4) + bytes(place, 4)
    return Data(file + bytes(0, 2))
  }

  private static let entries: [(name: String, contents: [UInt8])] = [("a/x", [1, 2, 3]), ("a/y", []), ("z", [7])]

  @Test(arguments: [false, true]) func entriesComeBack(isWide: Bool) throws {
    let archive = try ZipArchive(Self.archive(Self.entries, isWide: isWide))
    #expect(archive.names == ["a/x", "a/y", "z"])
    for (name, contents) in Self.entries { #expect(try archive.contents(of: name) == Data(contents)) }
    #expect(throws: ModelError.self) { try archive.contents(of: "b") }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "python3 writes the archive"))
  func anotherProgramsArchiveIsRead() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let file = folder.appending(path: "a.zip").path(percentEncoded: false)
      let program = """
        import zipfile
        with zipfile.ZipFile("\(file)", "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("one/data", b"hello" * 1000)
            archive.comment = b"PK" * 100
        """
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/python3")
      process.arguments = ["-c", program]
      try process.run()
      process.waitUntilExit()
      let archive = try ZipArchive(Data(contentsOf: URL(filePath: file)))
      #expect(try archive.contents(of: "one/data") == Data(String(repeating: "hello", count: 1000).utf8))
    }
  }

  @Test func damageIsToldByTheChecksum() throws {
    let archive = try ZipArchive(Self.archive(Self.entries, checksumChange: 1))
    let error = #expect(throws: ModelError.self) { try archive.contents(of: "a/x") }
    #expect(error?.message.contains("'a/x' does not match its checksum") == true)
  }

  @Test func compressedEntriesAndDoubledNamesAreRefused() {
    let compressed = #expect(throws: ModelError.self) { try ZipArchive(Self.archive(Self.entries, method: 8)) }
    #expect(compressed?.message.contains("compressed") == true)
    let doubled = #expect(throws: ModelError.self) { try ZipArchive(Self.archive([("a", [1]), ("a", [2])])) }
    #expect(doubled?.message.contains("there twice") == true)
  }

  /// Cut anywhere or changed anywhere, the reader returns or throws.
  @Test(arguments: [false, true]) func damagedArchivesNeverTrap(isWide: Bool) {
    let whole = Self.archive(Self.entries, isWide: isWide)
    func read(_ file: Data) throws {
      let archive = try ZipArchive(file)
      for name in archive.names { _ = try archive.contents(of: name) }
    }
    for length in 0..<whole.count { #expect(throws: ModelError.self, "\(length)") { try read(whole.prefix(length)) } }
    for index in whole.indices {
      for value in [0, 1, 0x50, 0x7f, 0x80, 0xff] as [UInt8] {
        var changed = whole
        changed[index] = value
        try? read(changed)
      }
    }
  }

  // MARK: - torch.save

  private static func text(_ text: String) -> [UInt8] {
    Array("X".utf8) + bytes(text.utf8.count, 4) + Array(text.utf8)
  }

  private static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

  /// One tensor, float32 `[2]`, in the storage `0`; a parameter where that is wanted.
  private static func tensor(isParameter: Bool = false) -> [UInt8] {
    let storage =
      Array("(".utf8) + text("storage") + global("torch", "FloatStorage") + text("0") + text("cpu")
      + Array("K".utf8) + [2] + Array("tQ".utf8)
    let hooks = global("collections", "OrderedDict") + Array(")R".utf8)
    let tensor =
      global("torch._utils", "_rebuild_tensor_v2") + Array("(".utf8) + storage + Array("K".utf8)
      + [0] + Array("K".utf8) + [2, 0x85] + Array("K".utf8) + [1, 0x85, 0x89] + hooks + Array("tR".utf8)
    guard isParameter else { return tensor }
    return global("torch._utils", "_rebuild_parameter") + Array("(".utf8) + tensor + [0x88] + hooks + Array("tR".utf8)
  }

  private static func dictionary(_ entries: [(String, [UInt8])]) -> [UInt8] {
    Array("}(".utf8) + entries.flatMap { text($0.0) + $0.1 } + Array("u".utf8)
  }

  private static func file(
    _ object: [UInt8], numbers: [Float] = [1.5, -3], others: [(String, [UInt8])] = []
  ) -> Data {
    let pickle = [0x80, 2] + object + Array(".".utf8)
    let data = numbers.withUnsafeBytes { Array($0) }
    return archive([("m/data.pkl", pickle), ("m/data/0", data)] + others.map { ("m/\($0.0)", $0.1) }, isWide: true)
  }

  @Test(arguments: [false, true]) func aStateDictionaryIsRead(isParameter: Bool) throws {
    let file = Self.file(
      Self.dictionary([("w", Self.tensor(isParameter: isParameter))]), others: [("byteorder", Array("little".utf8))])
    let arrays = try TorchArchive.decode(file)
    #expect(arrays.map(\.name) == ["w"])
    #expect(try arrays[0].tensor().values() as [Float] == [1.5, -3])
  }

  @Test func aCheckpointsDictionaryIsFoundAndItsPrefixTaken() throws {
    let real = Array("G".utf8) + [0x3f, 0xe0, 0, 0, 0, 0, 0, 0]
    let model = Self.dictionary([("module.w", Self.tensor())])
    let arrays = try TorchArchive.decode(
      Self.file(Self.dictionary([("loss", real), ("model", Self.dictionary([])), ("state_dict", model)])))
    #expect(arrays.map(\.name) == ["w"])
  }

  @Test(
    arguments: [
      (file(global("os", "system") + text("echo hello") + [0x85] + Array("R".utf8)), "a call of os.system"),
      (file(dictionary([("w", tensor())]), numbers: [1]), "4 bytes for 2 numbers"),
      (file(dictionary([("w", tensor())]), others: [("byteorder", Array("big".utf8))]), "the highest byte first"),
      (file(dictionary([("w", tensor())]), others: [("code/m.py", [])]), "TorchScript"),
      (file(dictionary([("w", text("a text"))])), "not a named tensor"),
      (file(text("a text")), "not a state dictionary"),
      (archive([("m/other", [1])]), "0 entries data.pkl"),
      (archive([("m/data.pkl", [0x80, 2] + dictionary([("w", tensor())]) + Array(".".utf8))]), "no entry 'm/data/0'"),
    ] as [(Data, String)]) func otherArchivesAreRefused(file: Data, reason: String)
  {
    let error = #expect(throws: ModelError.self) { try TorchArchive.decode(file) }
    #expect(error?.code == .unreadableWeights)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func theFormatIsToldByTheFirstBytes() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let array = try NamedArray(name: "w", type: .float32, shape: [1], bytes: Data(count: 4))
      let files: [(String, Data)] = [
        ("a.pth", Self.file(Self.dictionary([("w", Self.tensor())]))),
        ("b.bin", try Safetensors(arrays: [array], metadata: [:]).encoded()),
      ]
      for (name, data) in files {
        let url = folder.appending(path: name)
        try data.write(to: url)
        #expect(try WeightFile.arrays(url).map(\.name) == ["w"])
      }
      let text = folder.appending(path: "c.pth")
      try Data("these are no weights".utf8).write(to: text)
      let error = #expect(throws: ModelError.self) { try WeightFile.arrays(text) }
      #expect(error?.code == .unreadableWeights)
      #expect(error?.message.contains("c.pth") == true)
    }
  }
}

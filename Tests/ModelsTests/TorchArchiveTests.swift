import Foundation
import Tensors
import Testing

@testable import Models

/// Files of torch.save's older format, written instruction by instruction.
@Suite struct TorchArchiveTests {
  private static let prologue: [UInt8] =
    [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
    + Array(".".utf8) + [0x80, 2] + Array("M".utf8) + [0xe9, 3] + Array(".".utf8) + [0x80, 2] + Array("}.".utf8)

  private static func text(_ text: String) -> [UInt8] {
    Array("X".utf8) + [UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8)
  }

  private static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

  /// A dictionary with one tensor `w`, float32 `[2, 1]`, in the storage `s`.
  private static func object(
    call: [UInt8] = global("torch._utils", "_rebuild_tensor_v2"), type: [UInt8] = global("torch", "FloatStorage"),
    offset: UInt8 = 0, sides: [UInt8] = [2, 1], strides: [UInt8] = [1, 1]
  ) -> [UInt8] {
    let dictionary = [0x80, 2] + global("collections", "OrderedDict") + Array(")R".utf8)
    let storage =
      Array("(".utf8) + text("storage") + type + text("s") + text("cpu") + Array("K".utf8)
      + [sides[0] * sides[1]] + Array("NtQ".utf8)
    let shape = Array("K".utf8) + [sides[0]] + Array("K".utf8) + [sides[1], 0x86]
    let step = Array("K".utf8) + [strides[0]] + Array("K".utf8) + [strides[1], 0x86]
    let tensor =
      call + Array("(".utf8) + storage + Array("K".utf8) + [offset] + shape + step + [0x89]
      + global("collections", "OrderedDict") + Array(")RtR".utf8)
    return dictionary + text("w") + tensor + Array("s.".utf8)
  }

  private static func file(_ object: [UInt8], count: UInt8 = 2, numbers: [Float] = [1.5, -3]) -> Data {
    let keys = [0x80, 2] + Array("](".utf8) + text("s") + Array("e.".utf8)
    let data = numbers.withUnsafeBytes { Array($0) }
    return Data(prologue + object + keys + [count, 0, 0, 0, 0, 0, 0, 0] + data)
  }

  @Test func readsADictionaryOfTensors() throws {
    let arrays = try TorchArchive.decode(Self.file(Self.object()))
    #expect(arrays.map(\.name) == ["w"])
    #expect(arrays[0].shape == [2, 1])
    #expect(try arrays[0].tensor().values() as [Float] == [1.5, -3])
  }

  @Test func readsATensorThatIsStoredColumnByColumn() throws {
    let object = Self.object(sides: [2, 3], strides: [1, 2])
    let arrays = try TorchArchive.decode(Self.file(object, count: 6, numbers: [1, 4, 2, 5, 3, 6]))
    #expect(arrays[0].shape == [2, 3])
    #expect(try arrays[0].tensor().values() as [Float] == [1, 2, 3, 4, 5, 6])
  }

  @Test func nothingIsExecuted() throws {
    let attack = [0x80, 2] + Self.global("os", "system") + Self.text("echo hello") + [0x85] + Array("R.".utf8)
    let error = #expect(throws: ModelError.self) { try TorchArchive.decode(Self.file(attack)) }
    #expect(error?.message.contains("a call of os.system") == true)
  }

  @Test(
    arguments: [
      (object(type: global("torch", "HalfStorage")), "a storage of torch.HalfStorage"),
      (object(call: global("builtins", "eval")), "a call of builtins.eval"),
      (object(offset: 1), "does not fill its storage"),
      (object(strides: [7, 1]), "does not fill its storage"),
      ([0x80, 2] + Array("I1\n.".utf8), "the instruction 0x49"),
      ([0x80, 4] + Array("N.".utf8), "not pickle protocol 2"),
      ([0x80, 2] + Array("R.".utf8), "an empty stack"),
      ([0x80, 2] + Array("h".utf8) + [9] + Array(".".utf8), "nothing is remembered as 9"),
      ([0x80, 2] + Array("N.".utf8), "not a state dictionary"),
      ([0x80, 2] + Array(repeating: UInt8(ascii: "]"), count: 60_000), "lists and dictionaries"),
      ([0x80, 2] + Array(repeating: UInt8(ascii: "N"), count: 500_000), "instructions"),
    ] as [([UInt8], String)]) func otherProgramsAreRefused(object: [UInt8], reason: String) throws
  {
    let error = #expect(throws: ModelError.self) { try TorchArchive.decode(Self.file(object)) }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  /// Whatever a byte is changed to, the reader returns or throws.
  @Test func changedBytesNeverTrap() {
    let whole = Self.file(Self.object())
    var refused = 0
    for index in whole.indices {
      for value in [0, 1, 0x28, 0x52, 0x75, 0x80, 0xff] as [UInt8] {
        var changed = whole
        changed[index] = value
        do { _ = try TorchArchive.decode(changed) } catch { refused += 1 }
      }
    }
    #expect(refused > whole.count * 4)
  }

  @Test func damagedFilesAreRefusedWhereverTheyAreCut() throws {
    let whole = Self.file(Self.object())
    for length in 0..<whole.count {
      #expect(throws: ModelError.self, "\(length) bytes") { try TorchArchive.decode(whole.prefix(length)) }
    }
    #expect(throws: ModelError.self) { try TorchArchive.decode(whole + [0]) }
    #expect(throws: ModelError.self) { try TorchArchive.decode(Self.file(Self.object(), count: 3)) }
    #expect(throws: ModelError.self) { try TorchArchive.decode(Data("PK\u{3}\u{4}".utf8)) }
  }
}

using AutoGraph.Core.Validation;
using Xunit;

namespace AutoGraph.Managed.Tests.Validation;

public sealed class ProblemsTests
{
    [Fact]
    public void Range_ItsEnds_AreInside() => new Problems("Options").Range("A", 1, 1, 3).Range("A", 3, 1, 3).Range("B", 0.5, 0.5, 0.5).Throw();

    [Fact]
    public void FileToWrite_FoldersAndPathsInNone_AreProblems()
    {
        string folder = Path.GetTempPath(), file = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        new Problems("Options").FileToWrite("P", null).FileToWrite("P", file).FileToWrite("P", "beside the program").Throw();
        foreach (string path in new[] { "", folder, Path.Combine(file, "below nothing") })
            Assert.Contains($"expected a file in a folder that is there, found '{path}'", Assert.Throws<ArgumentException>(() => new Problems("Options").FileToWrite("P", path).Throw()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Throw_SeveralProblems_ListsThemAllInOrder()
    {
        var error = Assert.Throws<ArgumentException>(() => new Problems("Options")
            .Range("Low", 0, 1, 3).Range("Inside", 2, 1, 3).Range("High", 3.5, 1, 3.25).Range("Undefined", double.NaN, 0, 1).Require(true, "nothing").Require(false, "Name: expected one").Throw());
        Assert.Equal("Options cannot be used: Low: expected 1 to 3, found 0; High: expected 1 to 3.25, found 3.5; Undefined: expected 0 to 1, found NaN; Name: expected one.", error.Message);
    }
}

using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>Another version of ML.NET, whose internals are not those that AutoGraph was built for.</summary>
public sealed class OtherMlNetTests
{
    public static TheoryData<Type> Missing => [typeof(MissingMethodException), typeof(MissingFieldException), typeof(MethodAccessException), typeof(FieldAccessException), typeof(TypeLoadException)];

    [Theory, MemberData(nameof(Missing))]
    public void Bind_WhatIsNotThere_NamesBothVersionsAndWhatToDo(Type kind)
    {
        var cause = (Exception)Activator.CreateInstance(kind, "Method not found: 'CheckAtModel'.")!;
        var error = Assert.Throws<NotSupportedException>(() => ModelIo.Bind<int>(() => throw cause));
        Assert.Same(cause, error.InnerException);
        Assert.Contains("was built for Microsoft.ML 5.0", error.Message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.Core", error.Message, StringComparison.Ordinal);
        Assert.Contains("'CheckAtModel'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Reference the package version of Microsoft.ML that AutoGraph names", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_AnyOtherFault_IsItself() => Assert.Throws<InvalidDataException>(() => ModelIo.Bind<int>(() => throw new InvalidDataException("damaged")));
}

using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using IpvlanActors.Netlink.Uapi;
using Xunit;

namespace IpvlanActors.Tests.Unit.Netlink;

/// <summary>Our copies of the kernel's structs and numbers, held against its own headers by a C compiler.</summary>
public class UapiTests
{
    private const string Headers = """
        #include <stddef.h>
        #include <sched.h>
        #include <sys/socket.h>
        #include <linux/netlink.h>
        #include <linux/rtnetlink.h>
        #include <linux/if.h>
        #include <linux/if_link.h>
        #include <linux/if_addr.h>
        #include <linux/neighbour.h>
        #include <linux/ipv6.h>
        #define LOOPBACK_IFINDEX 1 /* include/net/flow.h, not for user space */

        """;

    private static readonly Type[] Structs =
    [
        typeof(nlmsghdr), typeof(nlattr), typeof(nlmsgerr), typeof(sockaddr_nl), typeof(ifinfomsg), typeof(ifaddrmsg), typeof(rtmsg), typeof(ndmsg),
    ];

    private static readonly Type[] Numbers = [typeof(Nl), typeof(Rtnetlink), typeof(IfLink), typeof(IfAddr), typeof(Neigh)];

    [NeedsGccFact]
    public void Structs_lie_as_in_C()
    {
        var program = new StringBuilder(Headers);
        foreach (var type in Structs)
        {
            program.AppendLine($"_Static_assert(sizeof(struct {type.Name}) == {Marshal.SizeOf(type)}, \"size of {type.Name}\");");
            foreach (var field in type.GetFields())
            {
                program.AppendLine(
                    $"_Static_assert(offsetof(struct {type.Name}, {field.Name}) == {Marshal.OffsetOf(type, field.Name)}, \"{type.Name}.{field.Name}\");");
            }
        }

        Compile(program);
    }

    [NeedsGccFact]
    public void Numbers_are_the_kernels()
    {
        var program = new StringBuilder(Headers);
        foreach (var field in Numbers.SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static)))
            program.AppendLine($"_Static_assert(({CType(field.FieldType)})({field.Name}) == {field.GetRawConstantValue()}, \"{field.Name}\");");
        Compile(program);
    }

    // NLA_TYPE_MASK is the complement of an int, of which an attribute's type has the lower half
    private static string CType(Type type) =>
        type == typeof(ushort) ? "unsigned short" : type == typeof(byte) ? "unsigned char" : type == typeof(uint) ? "unsigned" : "int";

    private static void Compile(StringBuilder program)
    {
        using var gcc = Process.Start(new ProcessStartInfo("gcc", "-x c -fsyntax-only -")
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        gcc.StandardInput.Write(program);
        gcc.StandardInput.Close();
        Assert.Equal("", gcc.StandardError.ReadToEnd());
        gcc.WaitForExit();
        Assert.Equal(0, gcc.ExitCode);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NeedsGccFactAttribute : FactAttribute
    {
        public NeedsGccFactAttribute() =>
            Skip = File.Exists("/usr/bin/gcc") && File.Exists("/usr/include/linux/rtnetlink.h") ? null : "needs gcc and the kernel's headers";
    }
}

# Log.pm - what daemons, rotation and people do to a log's files: on the disk, and in the world's model of it
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Log;
use strict;
use warnings;

use Fcntl qw(O_APPEND O_CREAT O_EXCL O_RDONLY O_WRONLY);
use POSIX qw(strftime);

# --- bytes ---

sub disk_name { my $file = shift; return $file->{name} . (defined $file->{ext} ? ".$file->{ext}" : '') }

sub disk_path { my ($world, $file) = @_; return $world->path(disk_name($file)) }

sub slurp {
	my $path = shift;
	sysopen my $handle, $path, O_RDONLY or return undef;
	my $bytes = '';
	1 while sysread $handle, $bytes, 1 << 20, length $bytes;
	return $bytes;
}

sub write_bytes {
	my ($path, $flags, $bytes) = @_;
	sysopen my $handle, $path, O_WRONLY | $flags, 0640 or die "$path: $!\n";
	(syswrite($handle, $bytes) // -1) == length $bytes or die "$path: $!\n";
	return (stat $handle)[1];
}

sub set_time { my ($path, $at) = @_; utime $at, $at, $path or die "$path: $!\n" }

# A new file, whose inode may be one that the world has had before.
sub create_bytes {
	my ($world, $name, $bytes, $at) = @_;
	my $inode = write_bytes($world->path($name), O_CREAT | O_EXCL, $bytes);
	$world->{stats}{'inodes used again'}++ if $world->{inodes}{$inode}++;
	set_time($world->path($name), $at);
}

# --- the daemon ---

sub new_file {
	my ($world, $name) = @_;
	return { name => $name, size => 0, read => 0, alive => 1, logins => [] };
}

sub create {
	my ($world, $name) = @_;
	if ($world->{kind} eq 'linkdir') {
		(my $directory = $name) =~ s{/.*}{};
		mkdir $world->path($directory), 0755;
	}
	create_bytes($world, $name, '', $world->{clock});
	my $file = new_file($world, $name);
	push @{ $world->{chain} }, $file;
	return $file;
}

# BYTES at FILE's end, with the time of now.
sub append {
	my ($world, $file, $bytes) = @_;
	write_bytes(disk_path($world, $file), O_APPEND, $bytes);
	set_time(disk_path($world, $file), $world->{clock});
	$file->{size} += length $bytes;
	$file->{written_at} = $world->{clock};
}

# A line's time was written to FILE: how far times go back in the order in which the files are read.
sub mark_time {
	my ($world, $file) = @_;
	my ($at, $current) = ($world->{clock}, $world->{current});
	$file->{first_sec} = $at unless defined $file->{first_sec};
	$world->{peak} = $at if $at > $world->{peak};
	my @disorders = ($world->{peak} - $at);
	push @disorders, $at - $current->{first_sec} if $current && $file != $current && defined $current->{first_sec};
	for my $disorder (@disorders) {
		$world->{disorder} = $disorder if $disorder > $world->{disorder};
	}
}

sub own_login {
	my ($world, $file, $login) = @_;
	$login->{file} = $file;
	push @{ $file->{logins} }, $login;
}

# The rest of the line that was begun.
sub finish_partial {
	my $world = shift;
	my $partial = delete $world->{partial} or return '';
	append($world, $partial->{file}, $partial->{rest} . "\n");
	$partial->{login}{whole} = 1 if $partial->{login};
	return "the rest of its line is written to $partial->{file}{name}; ";
}

# The daemon ends before the rest of its line: where that leaves nothing that could be read as another user.
sub drop_partial {
	my $world = shift;
	my $partial = $world->{partial} or return '';
	return finish_partial($world) if $partial->{is_unsafe};
	delete $world->{partial};
	$partial->{login}{is_void} = 1 if $partial->{login} && !$partial->{login}{full};
	return "the rest of its line is never written to $partial->{file}{name}; ";
}

# The daemon opens the log anew, which it creates if nobody did.
sub reopen {
	my ($world, $random) = @_;
	my $text = '';
	if ($world->{current} && $world->{writer} == $world->{current}) {
		return $text;
	}
	$text .= !$world->{partial} ? '' : $random->chance(50) ? finish_partial($world) : drop_partial($world);
	$text .= create_current($world) unless $world->{current};
	$world->{writer} = $world->{current};
	return $text . 'the daemon reopens the log; ';
}

# --- rotation ---

# Names that are dates must grow: then it is a little later.
sub next_name {
	my $world = shift;
	return "$world->{base}.$world->{first_number}" if $world->{kind} eq 'number';
	for (;;) {
		my $name = strftime($world->{pattern}, gmtime $world->{clock});
		if ($name gt $world->{last_name}) {
			return $world->{last_name} = $name;
		}
		$world->{clock} += $world->{unit} - $world->{clock} % $world->{unit};
	}
}

sub move {
	my ($world, $file, $name) = @_;
	my $old = disk_path($world, $file);
	$file->{name} = $name;
	rename $old, disk_path($world, $file) or die "rename $old: $!\n";
}

# .1 to .2, .2 to .3 ...
sub shift_numbers {
	my $world = shift;
	return if $world->{kind} ne 'number';
	my $current = $world->{current};
	for my $file (grep { $_ != $current } @{ $world->{chain} }) {
		(my $number) = $file->{name} =~ /\.(\d+)$/;
		move($world, $file, $world->{base} . '.' . ($number + 1));
	}
}

sub create_current {
	my $world = shift;
	my $name = $world->{kind} =~ /link/ ? delete $world->{link_target} : $world->{base};
	$world->{current} = create($world, $name);
	return "$name is created; ";
}

sub move_link {
	my ($world, $target) = @_;
	my $temporary = $world->path('.link');
	symlink $target, $temporary or die "$temporary: $!\n";
	rename $temporary, $world->path or die "$temporary: $!\n";
	$world->{link_target} = $target;
}

# The contents of the current file go on under NAME in another file; where they were is a new log.
sub copy_and_truncate {
	my ($world, $name) = @_;
	my $old = $world->{current};
	create_bytes($world, $name, slurp($world->path($old->{name})), $world->{clock});
	truncate $world->path($old->{name}), 0 or die "$old->{name}: $!\n";
	set_time($world->path($old->{name}), $world->{clock});
	$world->{current} = $world->{writer} = new_file($world, $old->{name});
	push @{ $world->{chain} }, $world->{current};
	$old->{name} = $name;
	$world->change_inode($old);
	return "copied to $name and truncated";
}

# A line that was begun in the old file goes on at the begin of the new one.
sub carry_partial {
	my $world = shift;
	my $partial = $world->{partial} or return '';
	return finish_partial($world) if $partial->{is_unsafe};
	return '' if !$partial->{login} || $partial->{login}{full};
	$partial->{login}{is_void} = 1;
	return '';
}

sub rotate_by_copy {
	my ($world, $random) = @_;
	my $text = carry_partial($world);
	my $partial = delete $world->{partial};
	my $name = next_name($world);
	shift_numbers($world);
	$text .= copy_and_truncate($world, $name);
	append($world, $world->{current}, $partial->{rest} . "\n") if $partial;
	return $text . ($partial ? ', where the rest of its line goes' : '');
}

sub rotate_by_link {
	my $world = shift;
	my $name = next_name($world);
	move_link($world, $name);
	$world->{current} = undef;
	return "the link points to $name";
}

sub rotate_by_rename {
	my $world = shift;
	my $name = next_name($world);
	shift_numbers($world);
	move($world, $world->{current}, $name);
	$world->{current} = undef;
	return "renamed to $name";
}

# One rotation as logrotate does it. The daemon has left the file before the current one for good.
sub rotate {
	my ($world, $random) = @_;
	my $text = finish_packing($world) . reopen($world, $random);
	$world->{clock}++ unless $world->{has}{fast}; # else two files can begin in the same second
	my $by_copy = $world->{method} eq 'copytruncate' || ($world->{method} eq 'mixed' && $random->chance(50));
	return $text . rotate_by_copy($world, $random) if $by_copy;
	$text .= $world->{kind} =~ /link/ ? rotate_by_link($world) : rotate_by_rename($world);
	$text .= '; ' . create_current($world) if $random->chance(60);
	$text .= '; ' . reopen($world, $random) if $random->chance(60);
	return $text;
}

# --- what follows a rotation ---

sub is_left { my ($world, $file) = @_; return $file != $world->{writer} && !($world->{current} && $file == $world->{current}) }

sub packable {
	my $world = shift;
	return $world->{packer} ? grep { !defined $_->{ext} && !defined $_->{beside} && is_left($world, $_) } @{ $world->{chain} } : ();
}

sub pack_bytes {
	my ($world, $file) = @_;
	my (undef, $program, $option) = @{ $world->{packer} };
	open my $pipe, '-|', $program, $option, disk_path($world, $file) or die "$program: $!\n";
	binmode $pipe;
	local $/;
	my $bytes = <$pipe>;
	close $pipe or die "$program failed\n";
	return $bytes;
}

# The first bytes of the packed file are there, beside the plain one.
sub begin_packing {
	my ($world, $file, $percent) = @_;
	my $bytes = pack_bytes($world, $file);
	my $part = substr $bytes, 0, length($bytes) * $percent / 100;
	my $at = (stat disk_path($world, $file))[9];
	$file->{beside} = "$file->{name}.$world->{packer}[0]";
	create_bytes($world, $file->{beside}, $part, $at);
	($world->{packing}, $file->{packed}) = ($file, $bytes);
}

sub finish_packing {
	my $world = shift;
	my $file = delete $world->{packing} or return '';
	my $path = $world->path(delete $file->{beside});
	my $at = (stat disk_path($world, $file))[9];
	my $bytes = delete $file->{packed};
	my $have = -s $path;
	write_bytes($path, O_APPEND, substr $bytes, $have);
	set_time($path, $at);
	unlink disk_path($world, $file) or die "unlink: $!\n";
	$file->{ext} = $world->{packer}[0];
	$world->change_inode($file);
	return "$file->{name} is packed; ";
}

sub pack_file {
	my ($world, $file) = @_;
	begin_packing($world, $file, 100);
	return finish_packing($world);
}

# The oldest COUNT files are deleted.
sub purge {
	my ($world, $count) = @_;
	my $text = finish_packing($world);
	for my $file (splice @{ $world->{chain} }, 0, $count) {
		unlink disk_path($world, $file) or die "unlink: $!\n";
		my $unread = grep { $_->{whole} && !$_->{seen} } @{ $file->{logins} };
		$text .= disk_name($file) . " is deleted ($unread logins unread); ";
		$world->lose($file);
		rmdir $world->path($file->{name} =~ s{/.*}{}r) if $world->{kind} eq 'linkdir';
	}
	return $text;
}

# --- accidents ---

# What is in the log is gone; the daemon writes on in it.
sub truncate_current {
	my $world = shift;
	my $old = pop @{ $world->{chain} };
	my $partial = delete $world->{partial};
	$partial->{login}{is_void} = 1 if $partial && $partial->{login};
	truncate $world->path($old->{name}), 0 or die "$old->{name}: $!\n";
	set_time($world->path($old->{name}), $world->{clock});
	$world->{current} = $world->{writer} = new_file($world, $old->{name});
	push @{ $world->{chain} }, $world->{current};
	$world->lose($old);
}

# The same bytes and times in another inode.
sub restore {
	my ($world, $file) = @_;
	my ($path, $temporary) = (disk_path($world, $file), $world->path('.restored'));
	my $at = (stat $path)[9];
	create_bytes($world, '.restored', slurp($path), $at);
	rename $temporary, $path or die "$path: $!\n";
	$world->change_inode($file);
}

1;

-- A reader of pandoc for tools/docs: its input names files and folders of the repository, and each gets a page.

local page = dofile('tools/docs-page.lua')

local languages = { c = 'c', h = 'c', md = 'markdown' }

local function language(path, text)
	if path:match('CMakeLists%.txt$') then return 'cmake' end
	local first = text:match('^[^\n]*')
	if first:match('^#!.*bash') or first:match('^#!.*bats') or ('\n' .. text):match('\nload ') then return 'bash' end
	return languages[path:match('%.(%w+)$')] or ''
end

-- A file with its lines numbered, or the list of a folder's files.
local function body(path)
	local file = io.open(path)
	local text = file and file:read('a')
	if file then file:close() end
	if text then
		local attributes = pandoc.Attr('L', { language(path, text), 'numberLines', 'lineAnchors' })
		return page.html { pandoc.CodeBlock(text:gsub('\n$', ''), attributes) }
	end
	return file and '<pre>' .. page.output("ls '" .. path .. "'") .. '</pre>'
end

function Reader(input)
	for path in tostring(input):gmatch('[^\n]+') do
		local html = body(path)
		if html then
			page.write(page.of_source(path), { kind = 'source', title = path, body = '<h1>' .. path .. '</h1>\n' .. html, turn = '' })
		else
			io.stderr:write('docs: no ', path, ', which a page links to\n')
		end
	end
	return pandoc.Pandoc {}
end
